import type { InEveryLanguage } from '../language/languages.ts'

/**
 * A person's role in the association; one person may have several. Other pages' words: staff is employee or technician, listmaster is
 * technician.
 */
export const ROLES = [
  'member',
  'volunteer',
  'employee',
  'moderator',
  'technician',
  'board',
  'treasurer',
  'coordinator',
  'partner',
  'admin',
] as const
export type Role = (typeof ROLES)[number]

export function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value)
}

/** Roles with which much can be broken: they sleep until a second factor was shown. */
export const MFA_ROLES: ReadonlySet<Role> = new Set(['technician', 'board', 'admin'])

/** What each role is called. */
export const ROLE_NAMES: Readonly<Record<Role, InEveryLanguage>> = {
  member: { fr: 'adhérent·e', en: 'member' },
  volunteer: { fr: 'bénévole', en: 'volunteer' },
  employee: { fr: 'salarié·e', en: 'employee' },
  moderator: { fr: 'modération', en: 'moderator' },
  technician: { fr: 'technique', en: 'technician' },
  board: { fr: 'conseil', en: 'board' },
  treasurer: { fr: 'trésorerie', en: 'treasurer' },
  coordinator: { fr: 'coordination', en: 'coordinator' },
  partner: { fr: 'partenaire', en: 'partner' },
  admin: { fr: 'administration', en: 'administrator' },
}

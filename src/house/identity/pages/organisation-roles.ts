import type { KeyOf, Say } from '../../../platform/language/words.ts'
import type fr from '../locales/fr.json'
import { ORGANISATION_ROLES } from '../tables.ts'

/** The roles of an organisation, as options of a list. */
export function organisationRoles(say: Say<KeyOf<typeof fr>>): (readonly [value: string, text: string])[] {
  return ORGANISATION_ROLES.map((role) => [role, say(`organisations.roles.${role}`)])
}

import { ROLES } from '../../../platform/access/roles.ts'
import type { Account } from '../accounts.ts'
import type { Rooms } from '../rooms.ts'

/** Claims by scope; `groups` has role names, `org:<slug>` and `org:<slug>:manager` (specs/identity.md 3.4). */
export const CLAIMS = {
  openid: ['sub', 'auth_time', 'acr', 'amr', 'sid'],
  profile: ['name', 'preferred_username', 'given_name', 'family_name', 'locale', 'picture', 'updated_at'],
  email: ['email', 'email_verified'],
  groups: ['groups'],
}

/** Scopes beside those that are claims: tokens that last, and what they open here. */
export const SCOPES = ['openid', 'offline_access', 'profile', 'email', 'groups', 'dav', 'mail', 'api']

/** What an application may be told of an account. */
export async function claimsOf({ roles, organisations, pictures }: Rooms, account: Account): Promise<{ sub: string; [claim: string]: unknown }> {
  const [granted, own] = await Promise.all([roles.of(account.id), organisations.ofPerson(account.id)])
  const [given = '', ...family] = account.name.split(' ')
  return {
    sub: account.id,
    name: account.name,
    preferred_username: account.login,
    given_name: given,
    family_name: family.join(' ') || undefined,
    locale: account.language ?? undefined,
    picture: account.picture ? pictures.address(account.picture) : undefined,
    updated_at: Math.floor(account.created_at.epochMilliseconds / 1000),
    email: account.email ?? undefined,
    email_verified: account.emailVerified,
    groups: [
      ...ROLES.filter((role) => granted.some((one) => one.role === role)),
      ...own.flatMap(({ slug, role }) => [`org:${slug}`, ...(role === 'manager' ? [`org:${slug}:manager`] : [])]),
    ],
  }
}

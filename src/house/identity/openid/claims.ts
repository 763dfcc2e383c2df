import { ROLES } from '../../../platform/access/roles.ts'
import type { IdentityContext } from '../context.ts'
import type { Person } from './person.ts'

/** Claims by scope. `groups` has role names, `org:<slug>` and `org:<slug>:manager`. */
export const CLAIMS = {
  openid: ['sub', 'auth_time', 'acr', 'amr', 'sid'],
  profile: ['name', 'preferred_username', 'given_name', 'family_name', 'locale', 'picture', 'updated_at'],
  email: ['email', 'email_verified'],
  groups: ['groups'],
}

/** All scopes: those of the claims, refresh tokens (`offline_access`), and those that open services here. */
export const SCOPES = ['openid', 'offline_access', 'profile', 'email', 'groups', 'dav', 'mail', 'api']

/** The claims about a person that an application may receive. */
export function claimsOf(
  { pictures }: Pick<IdentityContext, 'pictures'>,
  person: Person,
): { sub: string; [claim: string]: unknown } {
  const [given = '', ...family] = person.name.split(' ')
  return {
    sub: person.id,
    name: person.name,
    preferred_username: person.login,
    given_name: given,
    family_name: family.join(' ') || undefined,
    locale: person.language ?? undefined,
    picture: person.picture ? pictures.address(person.picture) : undefined,
    updated_at: person.createdAt,
    email: person.email ?? undefined,
    email_verified: person.emailVerified,
    groups: [
      ...ROLES.filter((role) => person.roles.includes(role)),
      ...person.organisations.flatMap(({ slug, role }) => [
        `org:${slug}`,
        ...(role === 'manager' ? [`org:${slug}:manager`] : []),
      ]),
    ],
  }
}

import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Role } from '../../../platform/access/roles.ts'
import type { IdentityTables, OrganisationRole } from '../tables.ts'

/** A person who may sign in, with the data for claims. */
export interface Person {
  id: string
  login: string
  name: string
  language: string | null
  /** Blob key. */
  picture: string | null
  /** Seconds since 1970. */
  createdAt: number
  email: string | null
  emailVerified: boolean
  /** Roles in force today. */
  roles: Role[]
  organisations: { slug: string; role: OrganisationRole }[]
}

/**
 * An SQL expression for a person with their roles and organisations as JSON; null for an account that may not sign in.
 *
 * @param account SQL expression of the account number in the surrounding query
 */
export function personAsJson(account: RawBuilder<unknown>, today: Temporal.PlainDate): RawBuilder<Person | null> {
  return sql`(
    select json_build_object(
      'id', account.id, 'login', login, 'name', account.name, 'language', language, 'picture', picture, 'createdAt', floor(extract(epoch from account.created_at)),
      'email', address, 'emailVerified', verified_at is not null,
      'roles', array(select role from identity.role_grant granted where granted.account = account.id and (until is null or until >= ${today.toString()}::date)),
      'organisations', (
        select coalesce(json_agg(json_build_object('slug', slug, 'role', role) order by organisation.name), '[]')
        from identity.organisation_person acting join identity.organisation on organisation.id = acting.organisation
        where acting.account = account.id))
    from identity.account left join identity.email on email.account = account.id and is_primary
    where account.id = ${account} and state in ('active', 'closing'))`
}

/** Finds a person who may sign in. */
export async function personOf(
  db: Kysely<IdentityTables>,
  today: Temporal.PlainDate,
  id: string,
): Promise<Person | undefined> {
  const { rows } = await sql<{
    person: Person | null
  }>`select ${personAsJson(sql`${id}::uuid`, today)} as person`.execute(db)
  return rows[0]?.person ?? undefined
}

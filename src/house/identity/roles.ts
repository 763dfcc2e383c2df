import { sql, type Kysely } from 'kysely'
import { holds, type Caller } from '../../platform/access/caller.ts'
import { MFA_ROLES, type Role } from '../../platform/access/roles.ts'
import type { SecurityLog } from './security-log.ts'
import { refuse } from './refusals.ts'
import type { IdentityTables } from './tables.ts'

/** A granted role. */
export interface Granted {
  role: Role
  until: Temporal.PlainDate | null
  grantedAt: Temporal.Instant
}

interface RolesNeeds {
  db: Kysely<IdentityTables>
  securityLog: SecurityLog
  today: () => Temporal.PlainDate
  /** Tells the board that a person was granted a powerful role. */
  emailBoard: (db: Kysely<IdentityTables>, account: string, role: Role) => Promise<void>
}

/** Roles: they add up, can expire, and each grant is logged. */
export class Roles {
  readonly #needs: RolesNeeds

  constructor(needs: RolesNeeds) {
    this.#needs = needs
  }

  async of(account: string): Promise<Granted[]> {
    return this.#needs.db
      .selectFrom('role_grant')
      .select(['role', 'until', 'granted_at as grantedAt'])
      .where('account', '=', account)
      .where((where) =>
        where.or([
          where('until', 'is', null),
          where('until', '>=', sql<Temporal.PlainDate>`${this.#needs.today().toString()}::date`),
        ]),
      )
      .orderBy('role')
      .execute()
  }

  /**
   * Grants a role.
   *
   * @param by account number of the person who grants it; null: the command line
   */
  async grant(
    db: Kysely<IdentityTables>,
    account: string,
    role: Role,
    { by, until }: { by: string | null; until?: Temporal.PlainDate | null },
  ): Promise<void> {
    const day = until?.toString() ?? null
    await db
      .insertInto('role_grant')
      .values({ account, role, until: day, granted_by: by })
      .onConflict((conflict) => conflict.columns(['account', 'role']).doUpdateSet({ until: day, granted_by: by }))
      .execute()
    await this.#needs.securityLog.write(db, {
      action: 'role.granted',
      actor: by,
      subject: account,
      detail: { role, until: day },
    })
    if (role === 'admin' || role === 'technician') await this.#needs.emailBoard(db, account, role)
  }

  /**
   * Revokes a role.
   *
   * @throws Refusal `last-administrator`
   */
  async take(db: Kysely<IdentityTables>, account: string, role: Role, by: string | null): Promise<void> {
    if (role === 'admin') await this.keepOneAdministrator(db, account)
    const { numDeletedRows } = await db
      .deleteFrom('role_grant')
      .where('account', '=', account)
      .where('role', '=', role)
      .executeTakeFirst()
    if (numDeletedRows > 0n)
      await this.#needs.securityLog.write(db, { action: 'role.taken', actor: by, subject: account, detail: { role } })
  }

  /**
   * Refuses to remove the last administrator.
   *
   * @throws Refusal `last-administrator`
   */
  async keepOneAdministrator(db: Kysely<IdentityTables>, without: string): Promise<void> {
    // Two administrators may revoke each other's role at once: the second one waits, and is refused.
    await sql`lock table identity.role_grant in share row exclusive mode`.execute(db)
    const { rows } = await sql<{ account: string }>`
      select account from identity.role_grant join identity.account on account.id = role_grant.account
      where role = 'admin' and state = 'active' and (until is null or until >= ${this.#needs.today().toString()}::date)`.execute(
      db,
    )
    if (rows.some(({ account }) => account === without) && rows.length === 1) throw refuse('last-administrator')
  }

  async hasAdministrator(db = this.#needs.db): Promise<boolean> {
    const row = await db
      .selectFrom('role_grant')
      .innerJoin('account', 'account.id', 'role_grant.account')
      .select('role')
      .where('role', '=', 'admin')
      .where('account.state', '=', 'active')
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  }
}

/** Whether a caller may grant a role: volunteers invite, technicians and administrators do the rest. */
export function mayGrant(caller: Caller, role: Role): boolean {
  if (holds(caller, 'board')) return true
  return holds(caller, 'employee', 'technician') && !MFA_ROLES.has(role)
}

/** Whether a caller may administer accounts. */
export function mayAdminister(caller: Caller): boolean {
  return holds(caller, 'employee', 'technician', 'board')
}

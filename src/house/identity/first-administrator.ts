import { sql } from 'kysely'
import { StartRefused } from '../../platform/children/account.ts'
import { Refusal } from '../../platform/refusals.ts'
import type { IdentityContext } from './context.ts'

/** Advisory lock: one process at a time creates the first administrator. */
const LOCK = 4_207_011

/**
 * Creates the administrator that the configuration names, when there is none. Any number of processes may do this at
 * once.
 *
 * @throws StartRefused when the configured account is refused
 */
export async function firstAdministrator(context: IdentityContext): Promise<void> {
  const { platform, db, accounts, roles, passwords, securityLog } = context
  const { login, email, password } = platform.config.admin
  if (!login || !email || !password || (await roles.hasAdministrator())) return
  try {
    await db.transaction().execute(async (transaction) => {
      await sql`select pg_advisory_xact_lock(${LOCK})`.execute(transaction)
      if (await roles.hasAdministrator(transaction)) return
      const account =
        (await accounts.find(login, transaction))?.id ??
        (await accounts.make(transaction, { login, email, state: 'active', isVerified: true }))
      await passwords.set(transaction, account, password)
      await securityLog.write(transaction, { action: 'account.made', actor: null, subject: account })
      await roles.grant(transaction, account, 'admin', { by: null })
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new StartRefused(
      `the first administrator (BAGAD_ADMIN_LOGIN, _EMAIL, _PASSWORD) cannot be created: ${error.in('en').title} ${error.in('en').detail}`,
    )
  }
}

/**
 * While there is no administrator, returns the line that invites the first one, at each start. The secret is derived
 * from the instance key, so that every process prints the same address.
 */
export async function greetFirst({ platform, db, roles, accounts, invitations }: IdentityContext): Promise<string[]> {
  const secretOf = (account: string) => platform.key.keyedHash('first administrator', account).toString('base64url')
  const secret = await db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(transaction)
    if (await roles.hasAdministrator(transaction)) return undefined
    const waiting = (await invitations.waiting(transaction)).find(({ address }) => address === FIRST_ADDRESS)
    if (waiting && Temporal.Instant.compare(waiting.expiresAt, Temporal.Now.instant()) > 0)
      return secretOf(waiting.account)
    if (waiting) await accounts.eraseDetails(transaction, waiting.account)
    const guest = {
      email: FIRST_ADDRESS,
      language: platform.config.language,
      roles: ['admin', 'technician'] as const,
      secretOf,
    }
    return (await invitations.send(guest, { id: null, name: '' }, transaction)).secret
  })
  if (secret === undefined) return []
  return [
    `There is no administrator yet. Become the first one, within 14 days: ${platform.addresses.of('identity', `/invitation/${secret}`)}`,
  ]
}

/** Placeholder for the e-mail address that the first administrator has yet to give. */
export const FIRST_ADDRESS = 'first-administrator@localhost'

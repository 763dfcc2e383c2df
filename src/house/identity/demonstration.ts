import { randomBytes } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import { Secret, TOTP } from 'otpauth'
import type { Role } from '../../platform/access/roles.ts'
import type { IdentityContext } from './context.ts'
import type { IdentityTables } from './tables.ts'

/**
 * The people of the demonstration. Their e-mail addresses lead nowhere, and their passwords are generated at the first
 * start. A person with a second factor gets recovery codes as well, so that a role that requires one can be tried.
 */
const PEOPLE: { login: string; name: string; roles: Role[]; hasSecondStep?: true }[] = [
  { login: 'anne', name: 'Anne Le Goff', roles: ['member', 'volunteer', 'admin', 'technician'] },
  { login: 'yann', name: 'Yann Kerouanton', roles: ['member', 'moderator', 'coordinator'] },
  { login: 'rozenn', name: 'Rozenn Tanguy', roles: ['member', 'board'], hasSecondStep: true },
  { login: 'maelle', name: 'Maëlle Abgrall', roles: ['member'] },
]

/** Recovery codes that are printed; each works once. */
const CODES_PRINTED = 4

/** An organisation of the demonstration, managed by one of them. */
const ORGANISATION = { slug: 'chorale-recouvrance', name: 'Chorale de Recouvrance' }
const ORGANISATION_MANAGER = 'yann'

/** Advisory lock: one first start at a time. */
const LOCK = 4_207_012

/** Creates the accounts, without a password yet. Idempotent: an interrupted first start runs it again. */
export async function fillDemonstration({ db, accounts, roles, organisations }: IdentityContext): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(transaction)
    if (await accounts.find('anne', transaction)) return
    const numbers = new Map<string, string>()
    for (const { login, name, roles: theirs } of PEOPLE) {
      const account = await accounts.make(transaction, {
        login,
        name,
        email: `${login}@example.org`,
        state: 'active',
        isVerified: true,
        language: 'fr',
      })
      for (const role of theirs) await roles.grant(transaction, account, role, { by: null })
      numbers.set(login, account)
    }
    const id = await organisations.make(transaction, { ...ORGANISATION, by: null })
    await organisations.admit(transaction, id, numbers.get(ORGANISATION_MANAGER) ?? '', 'manager', null)
  })
}

/** Sets the passwords of the demonstration and returns the lines that print them, once. */
export async function greetDemonstration(context: IdentityContext): Promise<string[]> {
  const { db, accounts, passwords, codes } = context
  const lines: string[] = []
  for (const { login, roles, hasSecondStep = false } of PEOPLE) {
    const account = await accounts.find(login)
    if (!account || account.state !== 'active' || (await passwords.has(account.id))) continue
    const password = randomBytes(12).toString('base64url')
    const setup = hasSecondStep ? await codes.begin(account.id, login) : undefined
    const recoveryCodes = await db.transaction().execute(async (transaction) => {
      await passwords.set(transaction, account.id, password)
      return setup ? confirmCodes(context, transaction, account.id, setup.secret) : []
    })
    lines.push(`  login     ${login.padEnd(9)} ${password}  (${roles.join(', ')})`)
    if (recoveryCodes.length > 0)
      lines.push(`            codes of the second step, each once: ${recoveryCodes.slice(0, CODES_PRINTED).join(' ')}`)
  }
  return lines.length > 0 ? ['Logins of the demonstration, said this once:', ...lines] : []
}

/**
 * Confirms a TOTP generator with its current code.
 *
 * @returns the recovery codes
 */
async function confirmCodes(
  { codes }: IdentityContext,
  db: Kysely<IdentityTables>,
  account: string,
  secret: string,
): Promise<string[]> {
  return codes.confirm(db, account, new TOTP({ secret: Secret.fromBase32(secret) }).generate())
}

import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Role } from '../../platform/access/roles.ts'
import type { Rooms } from './rooms.ts'

/** People of the demonstration. Their addresses lead nowhere, and their passwords are made at the first start. */
const PEOPLE: { login: string; name: string; roles: Role[] }[] = [
  { login: 'anne', name: 'Anne Le Goff', roles: ['member', 'volunteer', 'admin', 'technician'] },
  { login: 'yann', name: 'Yann Kerouanton', roles: ['member', 'moderator', 'coordinator'] },
  { login: 'maelle', name: 'Maëlle Abgrall', roles: ['member'] },
]

/** An organisation of the demonstration, run by one of them. */
const ORGANISATION = { slug: 'chorale-recouvrance', name: 'Chorale de Recouvrance' }
const ORGANISATION_MANAGER = 'yann'

/** One first start at a time: the second one finds them there. */
const LOCK = 4_207_012

/** Makes them, without a password yet. Safe to run twice: a killed first start runs it again. */
export async function fillDemonstration({ db, accounts, roles, organisations }: Rooms): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(transaction)
    if (await accounts.find('anne')) return
    const numbers = new Map<string, string>()
    for (const { login, name, roles: theirs } of PEOPLE) {
      const account = await accounts.make(transaction, { login, name, email: `${login}@example.org`, state: 'active', isVerified: true, language: 'fr' })
      for (const role of theirs) await roles.grant(transaction, account, role, { by: null })
      numbers.set(login, account)
    }
    const id = await organisations.make(transaction, { ...ORGANISATION, by: null })
    await organisations.admit(transaction, id, numbers.get(ORGANISATION_MANAGER) ?? '', 'manager', null)
  })
}

/** Gives the people of the demonstration their passwords and says them, once. */
export async function greetDemonstration({ db, accounts, passwords }: Rooms): Promise<string[]> {
  const lines: string[] = []
  for (const { login, roles } of PEOPLE) {
    const account = await accounts.find(login)
    if (!account || account.state !== 'active' || (await passwords.has(account.id))) continue
    const password = randomBytes(12).toString('base64url')
    await db.transaction().execute((transaction) => passwords.set(transaction, account.id, password))
    lines.push(`  login     ${login.padEnd(9)} ${password}  (${roles.join(', ')})`)
  }
  return lines.length > 0 ? ['Logins of the demonstration, said this once:', ...lines] : []
}

import { parse } from 'csv-parse/sync'
import { isRole } from '../../platform/access/roles.ts'
import { Refusal } from '../../platform/refusals.ts'
import { readForeignHash } from './proofs/foreign-hashes.ts'
import type { IdentityContext } from './context.ts'

/** The result of an import. */
interface Imported {
  made: number
  known: number
  refused: { line: number; why: string }[]
  /** Logins of the people who must reset their password. */
  withoutPassword: string[]
}

/** Rolls back the transaction of a line in a dry run. */
class DryRunRollback extends Error {}

/**
 * Imports accounts with their password hashes, so that people keep their passwords.
 *
 * @param table CSV with a header: login, email, and optionally name, hash, roles (separated by spaces). Hashes: argon2,
 * bcrypt, sha512-crypt, SSHA and its relatives, as Nextcloud (`3|…`) and Dovecot (`{SSHA512}…`) write them
 */
export async function importAccounts(
  { db, accounts, passwords, roles, securityLog }: IdentityContext,
  table: string,
  isDry: boolean,
): Promise<Imported> {
  const rows: Record<string, string>[] = parse(table, {
    columns: (head: string[]) => head.map((name) => name.trim().toLowerCase()),
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
  })
  const result: Imported = { made: 0, known: 0, refused: [], withoutPassword: [] }
  for (const [index, { login = '', email = '', name, hash = '', roles: listed = '' }] of rows.entries()) {
    if (login !== '' && (await accounts.find(login))) {
      result.known++
      continue
    }
    const readable = readForeignHash(hash)
    try {
      await db.transaction().execute(async (transaction) => {
        const account = await accounts.make(transaction, {
          login: login || email,
          email,
          name,
          state: 'active',
          isVerified: true,
          isImported: true,
        })
        if (readable) await passwords.take(transaction, account, readable)
        for (const role of listed.split(/\s+/).filter(isRole))
          await roles.grant(transaction, account, role, { by: null })
        await securityLog.write(transaction, {
          action: 'account.made',
          actor: null,
          subject: account,
          detail: { imported: true },
        })
        if (isDry) throw new DryRunRollback()
      })
    } catch (error) {
      if (error instanceof Refusal) {
        result.refused.push({ line: index + 2, why: `${error.in('en').title} ${error.in('en').detail}` })
        continue
      }
      if (!(error instanceof DryRunRollback)) throw error
    }
    result.made++
    if (!readable) result.withoutPassword.push(login)
  }
  return result
}

import { pipeline } from 'node:stream/promises'
import { PassThrough, Readable } from 'node:stream'
import type { Kysely } from 'kysely'
import { ZipFile } from 'yazl'
import type { EraseMode, ExportSink, PersonalData } from '../../platform/access/personal-data.ts'
import type { Blobs } from '../../platform/blobs/blobs.ts'
import type { Jobs } from '../../platform/jobs/jobs.ts'
import type { Account, Accounts } from './accounts.ts'
import type { SecurityLog } from './security-log.ts'
import { forEachSettled } from './for-each-settled.ts'
import type { AccountEmails } from './emails.ts'
import { ARCHIVE_DAYS } from './retention.ts'
import type { Roles } from './roles.ts'
import type { IdentityContext } from './context.ts'
import type { Sessions } from './sessions.ts'
import type { IdentityTables } from './tables.ts'

/** Days between a request to close an account and its erasure: time to change one's mind. */
export const CLOSING_DAYS = 30

interface AccountClosureNeeds {
  db: Kysely<IdentityTables>
  accounts: Accounts
  roles: Roles
  sessions: Sessions
  emails: AccountEmails
  securityLog: SecurityLog
  blobs: Blobs
  jobs: Jobs
  today: () => Temporal.PlainDate
  /** The personal data that each running service holds, by service name. */
  holders: () => ReadonlyMap<string, PersonalData>
  /** Formats the day of erasure in the language of the account. */
  formatDay: (day: Temporal.PlainDate, account: Account) => string
}

/** Extra work that belongs to the transaction of a change. */
type InTransaction = (db: Kysely<IdentityTables>) => Promise<void>
type TellOfClosing = (db: Kysely<IdentityTables>, erasedOn: string) => Promise<void>
const noExtra: InTransaction = async () => {}

/** Exports accounts, and closes, suspends and erases them in every service that holds personal data. */
export class AccountClosure {
  readonly #needs: AccountClosureNeeds

  constructor(needs: AccountClosureNeeds) {
    this.#needs = needs
  }

  /**
   * Builds one archive of everything that the services hold about an account: `account.json`, then a folder for each
   * service.
   * Idempotent: each run replaces the archive.
   */
  async export(account: string): Promise<void> {
    const { blobs, holders, securityLog, db } = this.#needs
    const zip = new ZipFile()
    const out = new PassThrough()
    const kept = blobs.put(archiveOf(account), out)
    const written = pipeline(Readable.from(zip.outputStream), out)
    for (const [service, data] of holders()) await data.export(account, sinkOf(zip, service))
    zip.end()
    await Promise.all([written, kept])
    await securityLog.write(db, { action: 'account.exported', actor: account, subject: account })
  }

  /** The size and date of the archive that is ready to download; undefined when there is none. */
  async archive(account: string): Promise<{ size: number; madeAt: Temporal.Instant } | undefined> {
    const stat = await this.#needs.blobs.stat(archiveOf(account))
    return stat && { size: stat.size, madeAt: stat.modifiedAt }
  }

  readArchive(account: string): Promise<Readable> {
    return this.#needs.blobs.get(archiveOf(account))
  }

  /** Deletes archives older than `ARCHIVE_DAYS`. */
  async forgetArchives(): Promise<void> {
    const { blobs } = this.#needs
    const oldest = Temporal.Now.instant().subtract({ hours: ARCHIVE_DAYS * 24 })
    for await (const { key, modifiedAt } of blobs.list('identity/export/'))
      if (Temporal.Instant.compare(modifiedAt, oldest) < 0) await blobs.delete(key)
  }

  /**
   * Schedules the erasure of an account, `CLOSING_DAYS` from today.
   *
   * @param mode what happens to the content that the person has published
   * @param by account number of the person who closes it; null: automatic
   * @param tell sends the e-mail, in the transaction of the change; by default, the e-mail to a person who asked for
   * the closure
   * @throws Refusal `last-administrator`
   */
  async close(account: Account, mode: EraseMode, by: string | null, tell?: TellOfClosing): Promise<Temporal.PlainDate> {
    const { db, accounts, roles, emails, securityLog, today, formatDay } = this.#needs
    const day = today().add({ days: CLOSING_DAYS })
    await db.transaction().execute(async (transaction) => {
      await roles.keepOneAdministrator(transaction, account.id)
      await accounts.setState(transaction, account.id, 'closing', { reason: mode, eraseOn: day })
      const erasedOn = formatDay(day, account)
      await (tell ? tell(transaction, erasedOn) : emails.emailClosing(transaction, account, erasedOn))
      await securityLog.write(transaction, {
        action: 'account.closing',
        actor: by,
        subject: account.id,
        detail: { mode },
      })
    })
    return day
  }

  /** Cancels a scheduled erasure. */
  async keep(account: string, by: string | null, extra: InTransaction = noExtra): Promise<void> {
    const { db, accounts, securityLog } = this.#needs
    await db.transaction().execute(async (transaction) => {
      await accounts.setState(transaction, account, 'active')
      await this.#enqueueTellServices(transaction, account)
      await securityLog.write(transaction, { action: 'account.kept', actor: by, subject: account })
      await extra(transaction)
    })
  }

  /**
   * Erases the accounts whose day has come. An interrupted run is completed by the next one.
   *
   * @returns the number of erased accounts
   * @throws AggregateError at the end, with every failure
   */
  async eraseDue(): Promise<number> {
    return forEachSettled(await this.#needs.accounts.toErase(), async (account) => {
      await this.erase(account)
      return true
    })
  }

  /** Erases an account from every service, then from this one. Only its number is left. */
  async erase(account: string, by: string | null = null): Promise<void> {
    const { db, accounts, sessions, securityLog, holders, blobs } = this.#needs
    const row = await accounts.get(account)
    if (!row || row.state === 'erased') return
    const mode: EraseMode = row.state_reason === 'anonymise' ? 'anonymise' : 'delete'
    await sessions.end(db, account, 'all')
    for (const [service, data] of holders()) if (service !== 'identity') await data.erase(account, mode)
    await blobs.delete(archiveOf(account))
    await db.transaction().execute(async (transaction) => {
      await accounts.eraseDetails(transaction, account)
      await securityLog.write(transaction, { action: 'account.erased', actor: by, subject: account })
    })
  }

  /** Suspends or restores an account. */
  async suspend(
    account: Account,
    isSuspended: boolean,
    reason: string,
    by: string | null,
    extra: InTransaction = noExtra,
  ): Promise<void> {
    const { db, accounts, roles, sessions, securityLog } = this.#needs
    await db.transaction().execute(async (transaction) => {
      if (isSuspended) await roles.keepOneAdministrator(transaction, account.id)
      await accounts.setState(transaction, account.id, isSuspended ? 'suspended' : 'active', {
        reason: isSuspended ? reason : null,
      })
      if (isSuspended) await sessions.end(transaction, account.id, 'all')
      await this.#enqueueTellServices(transaction, account.id)
      await securityLog.write(transaction, {
        action: isSuspended ? 'account.suspended' : 'account.restored',
        actor: by,
        subject: account.id,
        detail: { reason },
      })
      await extra(transaction)
    })
  }

  /** Enqueues `tellServices`, in the transaction of the change. */
  #enqueueTellServices(db: Kysely<IdentityTables>, account: string): Promise<void> {
    return this.#needs.jobs.enqueue(
      db,
      'identity.tell-services',
      { account },
      { key: `identity.tell-services/${account}` },
    )
  }

  /**
   * Tells every service whether an account is suspended now. An account that is closing keeps its previous state.
   *
   * @throws AggregateError at the end, with every failure
   */
  async notifyServices(account: string): Promise<void> {
    const { accounts, holders } = this.#needs
    const read = async () => (await accounts.get(account))?.state
    // Two jobs may run at once, and the one that read first may finish last: each repeats until the state it sent is
    // still current.
    for (let state = await read(), previous: typeof state; state !== previous; state = await read()) {
      if (state !== 'suspended' && state !== 'active') return
      const isFrozen = state === 'suspended'
      await forEachSettled(holders().values(), async (data) => {
        await data.freeze?.(account, isFrozen)
        return data.freeze !== undefined
      })
      previous = state
    }
  }
}

/** The personal data that this service itself holds. */
export function ownPersonalData({
  db,
  accounts,
  securityLog,
  pictures,
  organisationInvitations,
}: Pick<IdentityContext, 'db' | 'accounts' | 'securityLog' | 'pictures' | 'organisationInvitations'>): PersonalData {
  return {
    export: async (account, sink) => {
      const [row, passkeys, appPasswords, tokens, sessions, roles, organisations, invitations, events] =
        await Promise.all([
          accounts.get(account),
          db
            .selectFrom('passkey')
            .select(['label', 'created_at', 'last_used_on'])
            .where('account', '=', account)
            .execute(),
          db
            .selectFrom('app_password')
            .select(['label', 'scopes', 'created_at', 'last_used_at', 'last_network'])
            .where('account', '=', account)
            .execute(),
          db
            .selectFrom('token')
            .select(['label', 'scopes', 'created_at', 'expires_at', 'last_used_on'])
            .where('account', '=', account)
            .execute(),
          db
            .selectFrom('session')
            .select(['host', 'agent', 'network', 'methods', 'created_at', 'last_seen_at'])
            .where('account', '=', account)
            .execute(),
          db.selectFrom('role_grant').select(['role', 'until', 'granted_at']).where('account', '=', account).execute(),
          db
            .selectFrom('organisation_person')
            .innerJoin('organisation', 'organisation.id', 'organisation_person.organisation')
            .select(['slug', 'name', 'role', 'since'])
            .where('account', '=', account)
            .execute(),
          organisationInvitations.ofPerson(account),
          securityLog.linesOf(account, 100_000),
        ])
      if (!row) return
      const { user_handle: _, picture: key, ...own } = row
      await sink.add('account.json', { ...own, passkeys, appPasswords, tokens, roles, organisations, invitations })
      await sink.add('sessions.json', sessions)
      await sink.add('journal.json', events)
      const picture = key ? await pictures.read(key) : undefined
      if (picture) await sink.add('picture.webp', picture)
    },
    // The account's own rows are deleted last, in one transaction: `AccountClosure.erase`.
    erase: async () => {},
  }
}

export function archiveOf(account: string): string {
  return `identity/export/${account}.zip`
}

function sinkOf(zip: ZipFile, service: string): ExportSink {
  return {
    add: async (name, content) => {
      const path = `${service}/${name}`
      if (content instanceof Readable) {
        zip.addReadStream(content, path)
        return
      }
      const bytes = Buffer.isBuffer(content)
        ? content
        : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content, undefined, 2))
      zip.addBuffer(bytes, path)
    },
  }
}

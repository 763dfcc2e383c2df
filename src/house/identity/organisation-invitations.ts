import { randomUUIDv7 } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Jobs } from '../../platform/jobs/jobs.ts'
import { isLanguage, type Language } from '../../platform/language/languages.ts'
import { readEmail, type Accounts } from './accounts.ts'
import type { SecurityLog } from './security-log.ts'
import type { Host, Invitations } from './invitations.ts'
import type { AccountEmails } from './emails.ts'
import type { Organisations } from './organisations.ts'
import { refuse } from './refusals.ts'
import type { IdentityTables, OrganisationRole } from './tables.ts'

/** Days for which an invitation is valid. */
export const INVITED_DAYS = 14

/** Minimum hours between two e-mails of one organisation to one address, and its maximum e-mails a day. */
const BETWEEN = 1
const A_DAY = 50

/** A pending invitation as the organisation sees it: an address, whether or not it has an account. */
export interface WaitingLine {
  id: string
  address: string
  role: OrganisationRole
  expiresAt: Temporal.Instant
}

/** An invitation as the invited person sees it. */
export interface InvitedLine {
  id: string
  organisation: string
  name: string
  role: OrganisationRole
  by: string | null
}

interface OrganisationInvitationsNeeds {
  db: Kysely<IdentityTables>
  accounts: Accounts
  organisations: Organisations
  invitations: Invitations
  emails: AccountEmails
  securityLog: SecurityLog
  jobs: Jobs
}

/**
 * Invitations to an organisation. Managers enter an e-mail address and learn nothing about it: the answer, its duration
 * and the list are the same whether or not the address has an account.
 */
export class OrganisationInvitations {
  readonly #needs: OrganisationInvitationsNeeds

  constructor(needs: OrganisationInvitationsNeeds) {
    this.#needs = needs
  }

  /**
   * Invites the owner of an e-mail address; a worker sends the e-mail.
   *
   * @throws Refusal `email-invalid`, `invited-recently`, `too-many-emails`
   */
  async invite(
    organisation: string,
    { email, role, language }: { email: string; role: OrganisationRole; language: Language },
    by: string,
  ): Promise<void> {
    const { db, securityLog } = this.#needs
    const address = readEmail(email)
    await db.transaction().execute(async (transaction) => {
      await this.#checkRate(transaction, organisation)
      const { rows } = await sql<{ id: string }>`
        insert into identity.organisation_invitation as waiting (id, organisation, address, role, language, invited_by, expires_at)
          values (${randomUUIDv7()}, ${organisation}, ${address}, ${role}, ${language}, ${by}, now() + ${INVITED_DAYS} * interval '1 day')
        on conflict (organisation, lower(address)) do update
          set role = excluded.role, language = excluded.language, invited_by = excluded.invited_by, asked_at = now(), expires_at = excluded.expires_at, withdrawn_at = null
          where waiting.asked_at < now() - ${BETWEEN} * interval '1 hour'
        returning id`.execute(transaction)
      await this.#write(transaction, rows[0]?.id)
      await securityLog.write(transaction, {
        action: 'organisation.invited',
        actor: by,
        organisation,
        detail: { role },
      })
    })
  }

  /** @throws Refusal `not-found`, `invited-recently`, `too-many-emails` */
  async sendAgain(organisation: string, id: string): Promise<void> {
    await this.#needs.db.transaction().execute(async (transaction) => {
      if (!(await this.#exists(transaction, organisation, id))) throw refuse('not-found')
      await this.#checkRate(transaction, organisation)
      const { rows } = await sql<{ id: string }>`
        update identity.organisation_invitation set asked_at = now(), expires_at = now() + ${INVITED_DAYS} * interval '1 day'
        where id = ${id} and asked_at < now() - ${BETWEEN} * interval '1 hour' returning id`.execute(transaction)
      await this.#write(transaction, rows[0]?.id)
    })
  }

  /** @throws Refusal `not-found` */
  async withdraw(organisation: string, id: string): Promise<void> {
    const { db } = this.#needs
    if (!(await this.#exists(db, organisation, id))) throw refuse('not-found')
    await sql`update identity.organisation_invitation set withdrawn_at = now() where id = ${id}`.execute(db)
  }

  /** The pending invitations, by address. */
  async waiting(organisation: string): Promise<WaitingLine[]> {
    const { rows } = await sql<WaitingLine>`
      select id, address, role, expires_at as "expiresAt" from identity.organisation_invitation
      where organisation = ${organisation} and withdrawn_at is null and expires_at > now() order by lower(address)`.execute(
      this.#needs.db,
    )
    return rows
  }

  /**
   * Sends the e-mail of an invitation, to an existing account or to a new one; does nothing when the invitation is
   * over.
   */
  async write(id: string): Promise<void> {
    const { db, accounts, invitations, emails } = this.#needs
    await db.transaction().execute(async (transaction) => {
      const { rows } = await sql<{
        address: string
        language: string
        organisation: string
        by: string | null
        account: string | null
      }>`
        select waiting.address, waiting.language, organisation.name as organisation, host.name as by, email.account
        from identity.organisation_invitation waiting
        join identity.organisation on organisation.id = waiting.organisation
        left join identity.account host on host.id = waiting.invited_by
        left join identity.email on lower(email.address) = lower(waiting.address)
        where waiting.id = ${id} and withdrawn_at is null and declined_at is null and expires_at > now()`.execute(
        transaction,
      )
      const [row] = rows
      if (!row || !isLanguage(row.language)) return
      // The inviting manager is named in the e-mail only: their own log would reveal whether the address has an
      // account.
      const host: Host = { id: null, name: row.by ?? row.organisation }
      const account = row.account ? await accounts.get(row.account, transaction) : undefined
      if (!account) await invitations.send({ email: row.address, language: row.language }, host, transaction)
      else if (account.state === 'invited') await invitations.sendAgain(account, host, row.language, transaction)
      else await emails.inviteToOrganisation(transaction, account, { organisation: row.organisation, by: host.name })
    })
  }

  /** The invitations that a person can accept or decline. */
  async ofPerson(account: string, db = this.#needs.db): Promise<InvitedLine[]> {
    const { rows } = await sql<InvitedLine>`
      select waiting.id, organisation.id as organisation, organisation.name, waiting.role, host.name as by
      from identity.organisation_invitation waiting
      join identity.organisation on organisation.id = waiting.organisation
      join identity.email on lower(email.address) = lower(waiting.address) and email.verified_at is not null
      left join identity.account host on host.id = waiting.invited_by
      where email.account = ${account} and withdrawn_at is null and declined_at is null and expires_at > now()
      order by lower(organisation.name)`.execute(db)
    return rows
  }

  /** @throws Refusal `invitation-expired` */
  async accept(account: string, id: string, db = this.#needs.db): Promise<void> {
    if (!db.isTransaction) return db.transaction().execute((transaction) => this.accept(account, id, transaction))
    const { organisations } = this.#needs
    const invited = (await this.ofPerson(account, db)).find((one) => one.id === id)
    if (!invited) throw refuse('invitation-expired')
    await sql`delete from identity.organisation_invitation where id = ${id}`.execute(db)
    // An existing member keeps their role.
    if (!(await organisations.roleOf(account, invited.organisation, db)))
      await organisations.admit(db, invited.organisation, account, invited.role, account)
  }

  /** @throws Refusal `invitation-expired` */
  async decline(account: string, id: string): Promise<void> {
    const { db } = this.#needs
    if (!(await this.ofPerson(account)).some((one) => one.id === id)) throw refuse('invitation-expired')
    await sql`update identity.organisation_invitation set declined_at = now() where id = ${id}`.execute(db)
  }

  /** Accepts the invitations for which a new account was created. */
  async welcome(db: Kysely<IdentityTables>, account: string): Promise<void> {
    for (const { id } of await this.ofPerson(account, db)) await this.accept(account, id, db)
  }

  async #exists(db: Kysely<IdentityTables>, organisation: string, id: string): Promise<boolean> {
    const { rows } = await sql`
      select from identity.organisation_invitation where id = ${id} and organisation = ${organisation} and withdrawn_at is null and expires_at > now()`.execute(
      db,
    )
    return rows.length > 0
  }

  /** @throws Refusal `too-many-emails` */
  async #checkRate(db: Kysely<IdentityTables>, organisation: string): Promise<void> {
    const { rows } = await sql<{ count: number }>`
      select count(*) from identity.organisation_invitation where organisation = ${organisation} and asked_at > now() - interval '1 day'`.execute(
      db,
    )
    if ((rows[0]?.count ?? 0) >= A_DAY) throw refuse('too-many-emails', { most: A_DAY })
  }

  async #write(db: Kysely<IdentityTables>, id: string | undefined): Promise<void> {
    if (id === undefined) throw refuse('invited-recently')
    await this.#needs.jobs.enqueue(db, 'identity.invite-to-organisation', { id })
  }
}

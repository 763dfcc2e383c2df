import { randomUUID } from 'node:crypto'
import { sql, type QueryExecutorProvider } from 'kysely'
import type { Addresses } from '../addresses.ts'
import type { OrganisationProfile } from '../organisation-profile.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { normalizeEmail, type Email } from './email.ts'
import type { Outbox } from './outbox.ts'
import { picturesOf } from './pictures.ts'
import { renderEmail } from './render.tsx'

interface MailNeeds {
  jobs: Jobs
  outbox: Outbox
  addresses: Addresses
  association: OrganisationProfile
  isDemonstration: boolean
}

/** E-mails to people. They are written down with the change that they are about, and sent by a worker afterwards. */
export class Mail {
  /** What waits, what was sent, what failed. */
  readonly outbox: Outbox
  readonly #jobs: Jobs
  readonly #addresses: Addresses
  readonly #association: OrganisationProfile
  readonly #isDemonstration: boolean

  constructor({ jobs, outbox, addresses, association, isDemonstration }: MailNeeds) {
    this.outbox = outbox
    this.#jobs = jobs
    this.#addresses = addresses
    this.#association = association
    this.#isDemonstration = isDemonstration
  }

  /**
   * Writes an e-mail, in the transaction of the change that it is about: it is sent when that is committed, and never
   * when it is not. In a demonstration it is kept here and can be read on the portal.
   *
   * @param db the caller's transaction, over whatever schema
   * @returns its number in the outbox
   * @throws EmailError when an address is none, or there is no subject
   *
   * @example
   * await platform.mail.send(db, { to, language, subject: say('lost.subject'), paragraphs: [say('lost.text', { slug })] })
   */
  async send(db: QueryExecutorProvider, written: Email): Promise<number> {
    const email = normalizeEmail(written)
    const pictures = await picturesOf(email)
    const { subject, text, html } = renderEmail(email, pictures, {
      association: this.#association,
      addresses: this.#addresses,
    })
    const messageId = `<${randomUUID()}@${this.#addresses.domain}>`
    const state = this.#isDemonstration ? 'caught' : 'queued'
    const { rows } = await sql<{ id: number }>`
      insert into outbox.email (message_id, recipient, reply_to, language, subject, text, html, state, settled_at)
      values (${messageId}, ${email.to}, ${email.replyTo ?? null}, ${email.language}, ${subject}, ${text}, ${html}, ${state},
        case ${state} when 'caught' then now() end)
      returning id`.execute(db)
    const [row] = rows
    if (!row) throw new Error('a letter was written and has no number')
    for (const [index, picture] of pictures.entries())
      if (picture)
        await sql`insert into outbox.picture (email, number, png) values (${row.id}, ${index + 1}, ${picture.bytes})`.execute(
          db,
        )
    if (!this.#isDemonstration)
      await this.#jobs.enqueue(db, 'platform.send-email', { id: row.id }, { key: `letter/${row.id}` })
    return row.id
  }
}

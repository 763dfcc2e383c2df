import { sql, type Kysely, type Selectable } from 'kysely'
import type { Database } from '../database/database.ts'
import { pictureName } from './pictures.ts'
import { RelayError, type OutgoingEmail, type Relay } from './relay.ts'
import type { OutboxTables } from './tables.ts'

/** How long an e-mail is tried, in days: what other mail servers do. */
const GIVEN_UP_AFTER = 5

interface DeliveryNeeds {
  database: Database
  relay: Pick<Relay, 'take'>
  /** Who writes. */
  from: OutgoingEmail['from']
  isDemonstration: boolean
}

/** Hands e-mails to the relay, each once. */
export class Delivery {
  readonly #db: Kysely<OutboxTables>
  readonly #relay: Pick<Relay, 'take'>
  readonly #from: OutgoingEmail['from']
  readonly #isDemonstration: boolean

  constructor({ database, relay, from, isDemonstration }: DeliveryNeeds) {
    this.#db = database.schema<OutboxTables>('outbox')
    this.#relay = relay
    this.#from = from
    this.#isDemonstration = isDemonstration
  }

  /**
   * Sends an e-mail that waits. Its row is held meanwhile, so that no other worker sends it too; a worker that is killed
   * lets go of it. Killed between the relay's word and ours, it is sent again under the same Message-ID.
   *
   * @throws Error when it is to be tried again; why is in the outbox, since it may name the recipient
   */
  async send(id: number): Promise<void> {
    const isDone = await this.#db.transaction().execute((db) => this.#sendHeld(db, id))
    if (!isDone) throw new Error(`letter ${id} could not be sent yet; "bagad outbox" tells why`)
  }

  /** @returns whether nothing more is to be done */
  async #sendHeld(db: Kysely<OutboxTables>, id: number): Promise<boolean> {
    const email = await db
      .selectFrom('email')
      .selectAll()
      .where('id', '=', id)
      .where('state', '=', 'queued')
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
    if (!email) return !(await this.#isHeldByAnother(db, id))
    const trouble = this.#isDemonstration ? undefined : await this.#handOver(db, email)
    const isDone = !trouble || trouble.isFinal || isOld(email)
    const state = trouble ? 'failed' : this.#isDemonstration ? 'caught' : 'sent'
    await db
      .updateTable('email')
      .set({
        attempts: email.attempts + 1,
        last_error: trouble?.message ?? null,
        ...(isDone && { state, settled_at: sql<string>`now()` }),
      })
      .where('id', '=', id)
      .execute()
    return isDone
  }

  /**
   * Whether an e-mail still waits though its row could not be had: another worker sends it, or one that died a moment
   * ago seems to. Only once that one has settled it or let go is it known that nothing more is to be done.
   */
  async #isHeldByAnother(db: Kysely<OutboxTables>, id: number): Promise<boolean> {
    return (
      (await db
        .selectFrom('email')
        .select('id')
        .where('id', '=', id)
        .where('state', '=', 'queued')
        .executeTakeFirst()) !== undefined
    )
  }

  /** @returns why the relay did not take it; undefined when it did */
  async #handOver(db: Kysely<OutboxTables>, email: StoredLetter): Promise<RelayError | undefined> {
    try {
      await this.#relay.take(this.#outgoing(email, await picturesOfLetter(db, email.id)))
      return undefined
    } catch (error) {
      if (error instanceof RelayError) return error
      throw error
    }
  }

  #outgoing(
    {
      message_id: messageId,
      recipient,
      reply_to: replyTo,
      language,
      subject,
      text,
      html,
      written_at: date,
    }: StoredLetter,
    pictures: OutgoingEmail['pictures'],
  ): OutgoingEmail {
    return {
      messageId,
      date,
      from: this.#from,
      to: recipient,
      replyTo: replyTo ?? undefined,
      language,
      subject,
      text: text ?? '',
      html: html ?? '',
      pictures,
    }
  }
}

async function picturesOfLetter(db: Kysely<OutboxTables>, email: number): Promise<OutgoingEmail['pictures']> {
  const rows = await db
    .selectFrom('picture')
    .select(['number', 'png'])
    .where('email', '=', email)
    .orderBy('number')
    .execute()
  return rows.map(({ number, png }) => ({ name: pictureName(number), png }))
}

type StoredLetter = Selectable<OutboxTables['email']>

function isOld({ queued_at: since }: StoredLetter): boolean {
  return Temporal.Now.instant().since(since).total('hours') > GIVEN_UP_AFTER * 24
}

import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { InstanceKey } from '../../platform/keys/instance-key.ts'
import type { IdentityTables } from './tables.ts'

/** Size of a ticket in bytes: 128 bits. */
const BYTES = 16

/** A kind of ticket: its data and lifetime. */
export interface TicketKind<Schema extends TSchema> {
  name: string
  data: Schema
  /** Lifetime in seconds. */
  seconds: number
}

/** The contents of a valid ticket. */
export interface Taken<Data> {
  account: string | null
  data: Data
}

/** Single-use tickets with a short lifetime, stored as keyed hashes. */
export class Tickets {
  readonly #db: Kysely<IdentityTables>
  readonly #key: InstanceKey

  constructor(db: Kysely<IdentityTables>, key: InstanceKey) {
    this.#db = db
    this.#key = key
  }

  /**
   * Issues a ticket.
   *
   * @returns the ticket, which cannot be read again
   */
  async issue<Schema extends TSchema>(
    kind: TicketKind<Schema>,
    account: string | null,
    data: Static<Schema>,
  ): Promise<string> {
    const ticket = randomBytes(BYTES).toString('base64url')
    const expires = Temporal.Now.instant().add({ seconds: kind.seconds }).toString()
    await this.#db
      .insertInto('ticket')
      .values({
        token_hash: this.#tokenHash(ticket),
        kind: kind.name,
        account,
        data: JSON.stringify(data),
        expires_at: expires,
      })
      .execute()
    return ticket
  }

  /** Uses up a ticket. */
  async take<Schema extends TSchema>(
    kind: TicketKind<Schema>,
    ticket: string | undefined,
  ): Promise<Taken<Static<Schema>> | undefined> {
    if (!ticket) return undefined
    const row = await this.#db
      .deleteFrom('ticket')
      .where('token_hash', '=', this.#tokenHash(ticket))
      .where('kind', '=', kind.name)
      .returning(['account', 'data', 'expires_at'])
      .executeTakeFirst()
    return this.#read(kind, row)
  }

  /** Reads a ticket without using it up: a second factor may take several attempts. */
  async look<Schema extends TSchema>(
    kind: TicketKind<Schema>,
    ticket: string | undefined,
  ): Promise<Taken<Static<Schema>> | undefined> {
    if (!ticket) return undefined
    const row = await this.#db
      .selectFrom('ticket')
      .select(['account', 'data', 'expires_at'])
      .where('token_hash', '=', this.#tokenHash(ticket))
      .where('kind', '=', kind.name)
      .executeTakeFirst()
    return this.#read(kind, row)
  }

  #read<Schema extends TSchema>(
    { data: schema }: TicketKind<Schema>,
    row: { account: string | null; data: unknown; expires_at: Temporal.Instant } | undefined,
  ): Taken<Static<Schema>> | undefined {
    if (!row || Temporal.Instant.compare(row.expires_at, Temporal.Now.instant()) < 0) return undefined
    return { account: row.account, data: Value.Parse(schema, row.data) }
  }

  #tokenHash(ticket: string): Buffer {
    return this.#key.keyedHash('tickets', ticket)
  }
}

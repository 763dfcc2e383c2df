import type { ColumnType, Generated } from 'kysely'
import type { Language } from '../language/languages.ts'

/** What became of an e-mail: it waits, it was handed to the relay, it was kept here (demonstration), it was given up. */
export type EmailState = 'queued' | 'sent' | 'caught' | 'failed'

type Moment = ColumnType<Temporal.Instant | null, string | null, string | null>

/** The tables of the schema `outbox`; migrations/ says what each column is. */
export interface OutboxTables {
  email: {
    id: Generated<number>
    message_id: string
    recipient: string
    reply_to: string | null
    language: Language
    subject: string
    text: string | null
    html: string | null
    state: Generated<EmailState>
    attempts: Generated<number>
    last_error: string | null
    written_at: Generated<Temporal.Instant>
    queued_at: ColumnType<Temporal.Instant, string | undefined, string>
    settled_at: Moment
  }
  picture: { email: number; number: number; png: Buffer }
}

import type { Generated } from 'kysely'
import type { Language } from '../../src/platform/language/languages.ts'

export interface BoardTables {
  notice: {
    id: string
    title: string
    text: string
    /** Key of the blob; null without one. */
    picture: Generated<string | null>
    /** Number of the account of its author; null for strangers. */
    account: string | null
    /** Where answers go; shown nowhere. */
    email: string
    language: Language
    /** Keyed hash of the secret by which its author confirms and deletes it. */
    token_hash: Buffer
    state: 'unconfirmed' | 'shown' | 'hidden' | 'removed'
    made_at: Generated<Temporal.Instant>
    ends_at: string
  }
}

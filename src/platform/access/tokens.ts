import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Database } from '../database/database.ts'
import type { InstanceKey } from '../keys/instance-key.ts'
import type { Caller } from './caller.ts'
import type { AccessTables } from './tables.ts'

/** How every token of ours begins: found by secret scanners, and told from the tokens of other software. */
export const TOKEN_PREFIX = 'bagad_'

/** 256 bits. */
const RANDOM_BYTES = 32

/** A token as its list shows it: never the secret. */
export interface TokenLine {
  id: number
  login: string
  label: string
  scopes: string[]
  expiresAt: Temporal.Instant | null
  lastUsedOn: Temporal.PlainDate | null
}

/** Keys of programs: each is shown once, and kept only as a name that the instance key makes of it. */
export class Tokens {
  readonly #db: Kysely<AccessTables>
  readonly #key: InstanceKey
  readonly #today: () => Temporal.PlainDate

  constructor(database: Database, key: InstanceKey, today: () => Temporal.PlainDate) {
    this.#db = database.schema<AccessTables>('access')
    this.#key = key
    this.#today = today
  }

  /**
   * Makes a token.
   *
   * @param options.scopes `link:read`, `link:write`, `api`…; checked by the caller
   * @returns the token, which nobody can read again
   */
  async add({ login, scopes, label = '', expiresAt }: { login: string; scopes: string[]; label?: string; expiresAt?: Temporal.Instant }): Promise<string> {
    const token = TOKEN_PREFIX + randomBytes(RANDOM_BYTES).toString('base64url')
    await this.#db.transaction().execute(async (db) => {
      const { id } = await db
        .insertInto('holder')
        .values({ id: randomUUIDv7(), login })
        .onConflict((conflict) => conflict.column('login').doUpdateSet({ login }))
        .returning('id')
        .executeTakeFirstOrThrow()
      await db
        .insertInto('token')
        .values({ holder: id, name: this.#nameOf(token), scopes, label, expires_at: expiresAt?.toString() ?? null })
        .execute()
    })
    return token
  }

  /** Whom a token speaks for; undefined when it is none of ours, revoked or over. */
  async find(token: string): Promise<Caller | undefined> {
    if (!token.startsWith(TOKEN_PREFIX)) return undefined
    const row = await this.#db
      .selectFrom('token')
      .innerJoin('holder', 'holder.id', 'token.holder')
      .select(['token.id as token', 'holder.id', 'holder.login', 'token.scopes', 'token.last_used_on'])
      .where('name', '=', this.#nameOf(token))
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', sql<Temporal.Instant>`now()`)]))
      .executeTakeFirst()
    if (!row) return undefined
    const today = this.#today()
    if (!row.last_used_on?.equals(today)) await this.#db.updateTable('token').set({ last_used_on: today.toString() }).where('id', '=', row.token).execute()
    return { id: row.id, login: row.login, scopes: row.scopes }
  }

  async list(login?: string): Promise<TokenLine[]> {
    const rows = await this.#db
      .selectFrom('token')
      .innerJoin('holder', 'holder.id', 'token.holder')
      .select(['token.id', 'holder.login', 'label', 'scopes', 'expires_at as expiresAt', 'last_used_on as lastUsedOn'])
      .$if(login !== undefined, (query) => query.where('holder.login', '=', login ?? ''))
      .orderBy('token.id')
      .execute()
    return rows
  }

  /** @returns whether there was such a token */
  async revoke(id: number): Promise<boolean> {
    const { numDeletedRows } = await this.#db.deleteFrom('token').where('id', '=', id).executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  }

  #nameOf(token: string): Buffer {
    return this.#key.nameOf('tokens', token)
  }
}

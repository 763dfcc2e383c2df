import { createHash, randomBytes, randomUUIDv7, timingSafeEqual } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Caller } from '../../../platform/access/caller.ts'
import { shortened } from '../../../platform/http/access-log.ts'
import { lruCache } from '../../../platform/lru-cache.ts'
import type { PubSub } from '../../../platform/pubsub/pubsub.ts'
import type { InstanceKey } from '../../../platform/keys/instance-key.ts'
import { readLabel } from '../labels.ts'
import { refuse } from '../refusals.ts'
import type { IdentityTables } from '../tables.ts'

/** What an app password can be good for. */
export const APP_SCOPES = ['dav', 'imap', 'smtp', 'sieve', 'pop3', 'xmpp', 'api'] as const
export type AppScope = (typeof APP_SCOPES)[number]

/** App passwords that one account may have. */
const MOST = 50

/** Letters that nobody takes for another. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'

/** How long a process remembers a pair that was right, in milliseconds; what is revoked is told at once. */
const REMEMBERED = 60_000

/** A use is noted once in so many minutes. */
const NOTED = 10

/** For whom a password speaks, and under which names they are known. */
export interface Speaking {
  caller: Caller
  email: string | null
}

/** An app password as its list shows it: never the secret. */
export interface AppPasswordLine {
  id: string
  label: string
  scopes: string[]
  createdAt: Temporal.Instant
  lastUsedAt: Temporal.Instant | null
  lastNetwork: string | null
}

interface AppPasswordsNeeds {
  db: Kysely<IdentityTables>
  key: InstanceKey
  pubsub: Pick<PubSub, 'subscribe'>
}

/** One password for each device and program, shown once, each for its own use. */
export class AppPasswords {
  readonly #needs: AppPasswordsNeeds
  readonly #remembered = lruCache<string, Speaking>(10_000, REMEMBERED)

  constructor(needs: AppPasswordsNeeds) {
    this.#needs = needs
    needs.pubsub.subscribe('identity.account', {
      onMessage: (account) => {
        for (const [key, { caller }] of this.#remembered.entries())
          if (caller.id === account) this.#remembered.delete(key)
      },
      resync: () => this.#remembered.clear(),
    })
  }

  /**
   * @returns its number, and the secret (`pppppp-xxxxx-xxxxx-xxxxx-xxxxx-xxxxx`: six public letters, then 125 bits), which
   * nobody can read again
   * @throws Refusal `too-many`
   */
  async make(
    db: Kysely<IdentityTables>,
    account: string,
    label: string,
    scopes: readonly AppScope[],
  ): Promise<{ id: string; secret: string }> {
    const { count } = await db
      .selectFrom('app_password')
      .select((row) => row.fn.countAll<number>().as('count'))
      .where('account', '=', account)
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow()
    if (count >= MOST) throw refuse('too-many', { most: MOST })
    const prefix = lettersOf(6)
    const secret = [prefix, ...Array.from({ length: 5 }, () => lettersOf(5))].join('-')
    const id = randomUUIDv7()
    await db
      .insertInto('app_password')
      .values({
        id,
        account,
        mailbox: null,
        prefix,
        hash: hashOf(secret),
        label: readLabel(label),
        scopes: [...scopes],
      })
      .execute()
    return { id, secret }
  }

  /** For whom a password spoke a moment ago, for the same use. */
  remembered(password: string, scope: string): Speaking | undefined {
    return this.#remembered.get(this.#pair(password, scope))
  }

  /** Remembers for a minute that a password was right; forgotten at once when anything of the account changes. */
  remember(password: string, scope: string, speaking: Speaking): void {
    this.#remembered.set(this.#pair(password, scope), speaking)
  }

  /**
   * Whose a password is: found by its public letters, then compared with a fast sum, since it is random.
   *
   * @returns the number of the account, when the password is good for that use
   */
  async find(password: string, scope: string, address: string): Promise<string | undefined> {
    const bare = password.trim().toLowerCase()
    const prefix = /^([0-9a-z]{6})-([0-9a-z]{5}-){4}[0-9a-z]{5}$/.exec(bare)?.[1]
    if (!prefix) return undefined
    const row = await this.#needs.db
      .selectFrom('app_password')
      .select(['id', 'account', 'hash', 'scopes', 'last_used_at'])
      .where('prefix', '=', prefix)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    if (!row?.account || !isHashOf(bare, row.hash) || !row.scopes.includes(scope)) return undefined
    const now = Temporal.Now.instant()
    if (!row.last_used_at || Temporal.Instant.compare(row.last_used_at.add({ minutes: NOTED }), now) < 0)
      await this.#needs.db
        .updateTable('app_password')
        .set({ last_used_at: now.toString(), last_network: shortened(address) })
        .where('id', '=', row.id)
        .execute()
    return row.account
  }

  #pair(password: string, scope: string): string {
    return `${scope} ${this.#needs.key.keyedHash('app passwords', password.trim().toLowerCase()).toString('base64url')}`
  }

  async list(account: string): Promise<AppPasswordLine[]> {
    return this.#needs.db
      .selectFrom('app_password')
      .select([
        'id',
        'label',
        'scopes',
        'created_at as createdAt',
        'last_used_at as lastUsedAt',
        'last_network as lastNetwork',
      ])
      .where('account', '=', account)
      .where('revoked_at', 'is', null)
      .orderBy('created_at')
      .execute()
  }

  /** @throws Refusal `not-found` */
  async revoke(db: Kysely<IdentityTables>, account: string, id: string): Promise<void> {
    const { numUpdatedRows } = await db
      .updateTable('app_password')
      .set({ revoked_at: Temporal.Now.instant().toString() })
      .where('id', '=', id)
      .where('account', '=', account)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw refuse('not-found')
  }
}

function lettersOf(count: number): string {
  return [...randomBytes(count)].map((byte) => LETTERS[byte % 32] ?? '').join('')
}

/** `{SSHA512}` and the base64 of SHA-512 over secret and salt, then the salt, as Dovecot reads it. */
function hashOf(secret: string, salt = randomBytes(8)): string {
  return `{SSHA512}${Buffer.concat([createHash('sha512').update(secret).update(salt).digest(), salt]).toString('base64')}`
}

function isHashOf(secret: string, hash: string): boolean {
  const salt = Buffer.from(hash.slice('{SSHA512}'.length), 'base64').subarray(64)
  const [right, given] = [Buffer.from(hash), Buffer.from(hashOf(secret, salt))]
  return right.length === given.length && timingSafeEqual(right, given)
}

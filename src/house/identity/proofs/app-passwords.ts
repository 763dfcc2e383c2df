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

/** Scopes of app passwords. */
export const APP_SCOPES = ['dav', 'imap', 'smtp', 'sieve', 'pop3', 'xmpp', 'api'] as const
export type AppScope = (typeof APP_SCOPES)[number]

/** Maximum number of app passwords for one account. */
const MAX_APP_PASSWORDS = 50

/** An alphabet without look-alikes. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** Lifetime of the cache of verified passwords, in milliseconds; revocations are announced at once. */
const REMEMBERED = 60_000

/** Minutes between two records of a use. */
const USE_INTERVAL = 10

/** The caller that a password authenticates, and the e-mail address that also names them. */
export interface Speaking {
  caller: Caller
  email: string | null
}

/** An app password as the list shows it: never the secret. */
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

/** App passwords: one for each device or program, shown once, limited to its scopes. */
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
   * Creates an app password.
   *
   * @returns its id and the secret (`pppppp-xxxxx-xxxxx-xxxxx-xxxxx-xxxxx`: six public letters, then 125 bits), which
   * cannot be read again
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
    if (count >= MAX_APP_PASSWORDS) throw refuse('too-many', { most: MAX_APP_PASSWORDS })
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

  /** The cached result of a verified password, for one scope. */
  remembered(password: string, scope: string): Speaking | undefined {
    return this.#remembered.get(this.#pair(password, scope))
  }

  /** Caches a verified password for a minute; any change of the account clears it at once. */
  remember(password: string, scope: string, speaking: Speaking): void {
    this.#remembered.set(this.#pair(password, scope), speaking)
  }

  /**
   * Finds the account of a password: by its public letters, then by a fast hash, since the password is random.
   *
   * @returns the account number, when the password is valid for that scope
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
    if (!row.last_used_at || Temporal.Instant.compare(row.last_used_at.add({ minutes: USE_INTERVAL }), now) < 0)
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
  return [...randomBytes(count)].map((byte) => ALPHABET[byte % 32] ?? '').join('')
}

/** `{SSHA512}` and the base64 of the SHA-512 of secret and salt, then the salt, in Dovecot's format. */
function hashOf(secret: string, salt = randomBytes(8)): string {
  return `{SSHA512}${Buffer.concat([createHash('sha512').update(secret).update(salt).digest(), salt]).toString('base64')}`
}

function isHashOf(secret: string, hash: string): boolean {
  const salt = Buffer.from(hash.slice('{SSHA512}'.length), 'base64').subarray(64)
  const [right, given] = [Buffer.from(hash), Buffer.from(hashOf(secret, salt))]
  return right.length === given.length && timingSafeEqual(right, given)
}

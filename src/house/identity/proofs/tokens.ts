import { randomBytes } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Caller } from '../../../platform/access/caller.ts'
import type { Role } from '../../../platform/access/roles.ts'
import type { InstanceKey } from '../../../platform/keys/instance-key.ts'
import { readLabel } from '../labels.ts'
import { refuse } from '../refusals.ts'
import { usableRoles } from '../sessions.ts'
import type { IdentityTables } from '../tables.ts'

/** Prefix of all our tokens: secret scanners recognise it. */
export const TOKEN_PREFIX = 'bagad_'

/** 256 bits. */
const RANDOM_BYTES = 32

/** Maximum number of tokens for one account. */
const MAX_TOKENS = 100

/** A token as the list shows it: never the secret. */
export interface TokenLine {
  id: number
  login: string
  label: string
  scopes: string[]
  expiresAt: Temporal.Instant | null
  lastUsedOn: Temporal.PlainDate | null
}

interface TokensNeeds {
  db: Kysely<IdentityTables>
  key: InstanceKey
  today: () => Temporal.PlainDate
  isRelaxed: boolean
}

/** API tokens: each is shown once, and stored as a keyed hash. */
export class Tokens {
  readonly #needs: TokensNeeds

  constructor(needs: TokensNeeds) {
    this.#needs = needs
  }

  /**
   * Creates a token.
   *
   * @param options.scopes `link:read`, `link:write`, `api`…; checked by the caller
   * @returns the token, which cannot be read again
   * @throws Refusal `too-many`
   */
  async add(
    db: Kysely<IdentityTables>,
    account: string,
    {
      scopes,
      label = '',
      expiresAt,
    }: { scopes: readonly string[]; label?: string; expiresAt?: Temporal.Instant | undefined },
  ): Promise<string> {
    const { count } = await db
      .selectFrom('token')
      .select((row) => row.fn.countAll<number>().as('count'))
      .where('account', '=', account)
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow()
    if (count >= MAX_TOKENS) throw refuse('too-many', { most: MAX_TOKENS })
    const token = TOKEN_PREFIX + randomBytes(RANDOM_BYTES).toString('base64url')
    await db
      .insertInto('token')
      .values({
        account,
        token_hash: this.#tokenHash(token),
        scopes: [...scopes],
        label: readLabel(label),
        expires_at: expiresAt?.toString() ?? null,
      })
      .execute()
    return token
  }

  /**
   * The caller of a token; undefined when it is unknown, revoked or expired. A token never has more rights than its
   * account.
   */
  async find(token: string): Promise<Caller | undefined> {
    if (!token.startsWith(TOKEN_PREFIX)) return undefined
    const { db, today, isRelaxed } = this.#needs
    const day = today().toString()
    const { rows } = await sql<{
      token: number
      id: string
      login: string
      name: string
      scopes: string[]
      isNoted: boolean
      roles: Role[]
      isStrong: boolean
    }>`
      select token.id as token, account.id, account.login, account.name, token.scopes, coalesce(token.last_used_on = ${day}::date, false) as "isNoted",
        array(select role from identity.role_grant g where g.account = account.id and (until is null or until >= ${day}::date)) as roles,
        exists (select from identity.passkey p where p.account = account.id)
          or exists (select from identity.totp t where t.account = account.id and confirmed_at is not null) as "isStrong"
      from identity.token join identity.account on account.id = token.account
      where token.token_hash = ${this.#tokenHash(token)} and token.revoked_at is null and (expires_at is null or expires_at > now()) and account.state in ('active', 'closing')`.execute(
      db,
    )
    const [row] = rows
    if (!row) return undefined
    if (!row.isNoted) await db.updateTable('token').set({ last_used_on: day }).where('id', '=', row.token).execute()
    const { id, login, name, scopes, roles, isStrong } = row
    return { id, login, name, scopes, roles: usableRoles(roles, isStrong || isRelaxed) }
  }

  async list(account?: string): Promise<TokenLine[]> {
    return this.#needs.db
      .selectFrom('token')
      .innerJoin('account', 'account.id', 'token.account')
      .select(['token.id', 'account.login', 'label', 'scopes', 'expires_at as expiresAt', 'last_used_on as lastUsedOn'])
      .where('revoked_at', 'is', null)
      .$if(account !== undefined, (query) => query.where('account.id', '=', account ?? ''))
      .orderBy('token.id')
      .execute()
  }

  /**
   * Revokes a token.
   *
   * @param account the account that must own it; any account when undefined
   * @returns whether there was such a token
   */
  async revoke(db: Kysely<IdentityTables>, id: number, account?: string): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('token')
      .set({ revoked_at: Temporal.Now.instant().toString() })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .$if(account !== undefined, (query) => query.where('account', '=', account ?? ''))
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  #tokenHash(token: string): Buffer {
    return this.#needs.key.keyedHash('tokens', token)
  }
}

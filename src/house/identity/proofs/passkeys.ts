import { randomUUIDv7 } from 'node:crypto'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  type VerifiedRegistrationResponse,
} from '@simplewebauthn/server'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { Type } from 'typebox'
import { readLabel } from '../labels.ts'
import { refuse } from '../refusals.ts'
import type { IdentityTables } from '../tables.ts'
import type { TicketKind, Tickets } from '../tickets.ts'

/** Maximum number of passkeys for one account. */
const MAX_PASSKEYS = 20

/** Time limit of a ceremony, in milliseconds. */
const WITHIN = 5 * 60_000

const Challenge = Type.Object({ challenge: Type.String() })
const CEREMONY: TicketKind<typeof Challenge> = { name: 'passkey', seconds: WITHIN / 1000, data: Challenge }

/** A WebAuthn ceremony for the browser; the ticket comes back with the answer. */
export interface Ceremony<Options> {
  ticket: string
  options: Options
}

/** A new passkey, verified and not stored yet. */
type NewKey = NonNullable<VerifiedRegistrationResponse['registrationInfo']>

/** A passkey as the list shows it. */
export interface PasskeyLine {
  id: string
  label: string
  createdAt: Temporal.Instant
  lastUsedOn: Temporal.PlainDate | null
  isBackedUp: boolean
}

interface PasskeysNeeds {
  db: Kysely<IdentityTables>
  tickets: Tickets
  log: Logger
  today: () => Temporal.PlainDate
  /** The relying party id of WebAuthn: the identity host, without port. */
  host: string
  origin: string
  houseName: string
}

/** Passkeys (WebAuthn level 3). */
export class Passkeys {
  readonly #needs: PasskeysNeeds

  constructor(needs: PasskeysNeeds) {
    this.#needs = needs
  }

  /** Starts the registration of a passkey. */
  async beginAdding(account: {
    id: string
    login: string
    name: string
    user_handle: Buffer
  }): Promise<Ceremony<PublicKeyCredentialCreationOptionsJSON>> {
    const { db, tickets, host, houseName } = this.#needs
    const there = await db
      .selectFrom('passkey')
      .select(['credential', 'transports'])
      .where('account', '=', account.id)
      .execute()
    const options = await generateRegistrationOptions({
      rpName: houseName,
      rpID: host,
      userID: new Uint8Array(account.user_handle),
      userName: account.login,
      userDisplayName: account.name,
      timeout: WITHIN,
      attestationType: 'none',
      excludeCredentials: there.map(({ credential, transports }) => ({ id: credential, transports })),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    })
    return { ticket: await tickets.issue(CEREMONY, account.id, { challenge: options.challenge }), options }
  }

  /**
   * Verifies a new passkey. Its ticket is valid once, whatever the result.
   *
   * @throws Refusal `passkey-expired` when it took too long, `passkey-invalid`
   */
  async verify(account: string, ticket: string, response: RegistrationResponseJSON): Promise<NewKey> {
    const { tickets, host, origin, log } = this.#needs
    const taken = await tickets.take(CEREMONY, ticket)
    if (taken?.account !== account) throw refuse('passkey-expired')
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: taken.data.challenge,
      expectedOrigin: origin,
      expectedRPID: host,
      requireUserVerification: true,
    }).catch((error: unknown) => {
      log.info({ err: error }, 'a passkey could not be verified')
      throw refuse('passkey-invalid')
    })
    if (!verified) throw refuse('passkey-invalid')
    return registrationInfo
  }

  /**
   * Stores a verified passkey.
   *
   * @throws Refusal `too-many-passkeys`
   */
  async add(
    db: Kysely<IdentityTables>,
    account: string,
    { credential, credentialBackedUp }: NewKey,
    label: string,
  ): Promise<string> {
    const { count } = await db
      .selectFrom('passkey')
      .select((row) => row.fn.countAll<number>().as('count'))
      .where('account', '=', account)
      .executeTakeFirstOrThrow()
    if (count >= MAX_PASSKEYS) throw refuse('too-many-passkeys', { most: MAX_PASSKEYS })
    const id = randomUUIDv7()
    await db
      .insertInto('passkey')
      .values({
        id,
        credential: credential.id,
        account,
        public_key: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: credential.transports ?? [],
        is_backed_up: credentialBackedUp,
        label: readLabel(label) || 'passkey',
      })
      .execute()
    return id
  }

  /**
   * Starts an authentication, of a known account or of any account.
   *
   * @param account the account that the password already identified
   */
  async beginShowing(account?: string): Promise<Ceremony<PublicKeyCredentialRequestOptionsJSON>> {
    const { db, tickets, host } = this.#needs
    const known = account
      ? await db.selectFrom('passkey').select(['credential', 'transports']).where('account', '=', account).execute()
      : undefined
    const options = await generateAuthenticationOptions({
      rpID: host,
      timeout: WITHIN,
      userVerification: 'required',
      ...(known && { allowCredentials: known.map(({ credential, transports }) => ({ id: credential, transports })) }),
    })
    return { ticket: await tickets.issue(CEREMONY, account ?? null, { challenge: options.challenge }), options }
  }

  /**
   * Verifies an authentication.
   *
   * @returns the account number
   * @throws Refusal `passkey-expired`, `passkey-invalid`
   */
  async show(ticket: string, response: AuthenticationResponseJSON, account?: string): Promise<string> {
    const { db, tickets, host, origin, log, today } = this.#needs
    const taken = await tickets.take(CEREMONY, ticket)
    if (!taken || (taken.account ?? undefined) !== account) throw refuse('passkey-expired')
    const key = await db.selectFrom('passkey').selectAll().where('credential', '=', response.id).executeTakeFirst()
    if (!key || (account !== undefined && key.account !== account)) throw refuse('passkey-invalid')
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: taken.data.challenge,
      expectedOrigin: origin,
      expectedRPID: host,
      requireUserVerification: true,
      // A decreasing counter is accepted: passkeys that are synchronised between devices send zero.
      credential: {
        id: key.credential,
        publicKey: new Uint8Array(key.public_key),
        counter: 0,
        transports: key.transports,
      },
    }).catch((error: unknown) => {
      log.info({ err: error }, 'a passkey could not be verified')
      throw refuse('passkey-invalid')
    })
    if (!verified) throw refuse('passkey-invalid')
    const { newCounter } = authenticationInfo
    if (newCounter > 0 && newCounter <= key.counter) log.warn({ passkey: key.id }, 'the counter of a passkey decreased')
    await db
      .updateTable('passkey')
      .set({ counter: newCounter, last_used_on: today().toString() })
      .where('id', '=', key.id)
      .execute()
    return key.account
  }

  async list(account: string): Promise<PasskeyLine[]> {
    return this.#needs.db
      .selectFrom('passkey')
      .select(['id', 'label', 'created_at as createdAt', 'last_used_on as lastUsedOn', 'is_backed_up as isBackedUp'])
      .where('account', '=', account)
      .orderBy('created_at')
      .execute()
  }

  /** @throws Refusal `not-found` */
  async rename(account: string, id: string, label: string): Promise<void> {
    const { numUpdatedRows } = await this.#needs.db
      .updateTable('passkey')
      .set({ label: readLabel(label) || 'passkey' })
      .where('id', '=', id)
      .where('account', '=', account)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw refuse('not-found')
  }

  /**
   * Removes a passkey.
   *
   * @param canDoWithout whether the person can sign in without any passkey
   * @throws Refusal `not-found`, `last-passkey`
   */
  async remove(db: Kysely<IdentityTables>, account: string, id: string, canDoWithout: boolean): Promise<void> {
    const keys = await db.selectFrom('passkey').select('id').where('account', '=', account).forUpdate().execute()
    if (!keys.some((key) => key.id === id)) throw refuse('not-found')
    if (keys.length === 1 && !canDoWithout) throw refuse('last-passkey')
    await db.deleteFrom('passkey').where('id', '=', id).execute()
  }
}

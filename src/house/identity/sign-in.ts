import { randomBytes } from 'node:crypto'
import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import { sql, type Kysely } from 'kysely'
import { Type } from 'typebox'
import type { InstanceKey } from '../../platform/keys/instance-key.ts'
import { ConcurrencyLimiter } from '../../platform/limits/concurrency-limiter.ts'
import { HASHES_AT_ONCE } from '../../platform/passwords/passwords.ts'
import type { Account, Accounts } from './accounts.ts'
import type { SecurityLog, Detail } from './security-log.ts'
import type { AccountEmails } from './emails.ts'
import type { Lockout } from './lockout.ts'
import type { Codes } from './proofs/codes.ts'
import type { Passkeys } from './proofs/passkeys.ts'
import type { Passwords } from './proofs/passwords.ts'
import { refuse } from './refusals.ts'
import type { Sessions, Visitor } from './sessions.ts'
import type { IdentityTables, Method } from './tables.ts'
import type { TicketKind, Tickets } from './tickets.ts'

/** A sign-in between the correct password and the second factor. */
const PendingMfa = Type.Object({ next: Type.String() })
const PENDING_MFA: TicketKind<typeof PendingMfa> = { name: 'halfway', seconds: 600, data: PendingMfa }

/** Days for which a browser is recognised. */
const DEVICE_DAYS = 400

/** A visitor with the device token of their browser. */
export interface Browser extends Visitor {
  /** The token that this browser got at an earlier sign-in. */
  device: string | undefined
}

/** A completed sign-in. */
export interface SignedIn {
  account: string
  cookie: string
  /** The device token, with which other people's failures do not delay the owner. */
  device: string
}

/** The result of a sign-in step: complete, or waiting for the second factor. */
export type Outcome = { state: 'in'; signedIn: SignedIn } | { state: 'halfway'; ticket: string }

/** Whether an account has signed in from this browser before, or from no browser at all. */
interface KnownDevice {
  isKnown: boolean
  isFirst: boolean
}

interface SignInNeeds {
  db: Kysely<IdentityTables>
  key: InstanceKey
  accounts: Accounts
  passwords: Passwords
  codes: Codes
  passkeys: Passkeys
  sessions: Sessions
  tickets: Tickets
  lockout: Lockout
  emails: AccountEmails
  securityLog: SecurityLog
  today: () => Temporal.PlainDate
}

/** Signs people in: with a password and a second factor, or with a passkey alone. */
export class SignIn {
  readonly #needs: SignInNeeds
  /**
   * Limits concurrent sign-ins to the number of concurrent hashes, so that hashing and queries do not compete. A queued
   * sign-in holds no database connection.
   */
  readonly #limiter = new ConcurrencyLimiter({ atOnce: HASHES_AT_ONCE, waiting: 50 })

  constructor(needs: SignInNeeds) {
    this.#needs = needs
  }

  /** Whether the queue is full, so that a password would be rejected unseen. */
  get isBusy(): boolean {
    return this.#limiter.isFull
  }

  /**
   * Checks login and password. Every failure has the same answer and takes as long.
   *
   * @throws Refusal `wrong-login`, `too-many-failures`; TooBusy
   */
  withPassword(written: string, password: string, browser: Browser, next: string): Promise<Outcome> {
    return this.#limiter.run(() => this.#withPassword(written, password, browser, next))
  }

  async #withPassword(written: string, password: string, browser: Browser, next: string): Promise<Outcome> {
    const { accounts, passwords, tickets, emails, db } = this.#needs
    const account = await accounts.find(written)
    const [device, kept] = await Promise.all([
      this.#findDevice(account, browser),
      account && passwords.kept(account.id),
    ])
    const counted = await this.#begin('sign-in', account?.id ?? written.trim().toLowerCase(), account, browser, device)
    // The second factor is looked up during the hashing.
    const [isRight, needsSecondFactor] = await Promise.all([
      passwords.isRight(account?.id, password, kept),
      account !== undefined && this.#hasSecondFactor(account.id),
    ])
    if (!account || !isRight || !['active', 'closing'].includes(account.state)) {
      await this.#log('sign-in.failed', account, browser, { method: 'pwd' })
      if (account && counted.notifiesOwner) await emails.emailChange(db, account, 'attempts')
      throw refuse('wrong-login')
    }
    if (!needsSecondFactor) {
      const [signedIn] = await Promise.all([this.#enter(account, ['pwd'], browser, { device }), counted.passed()])
      return { state: 'in', signedIn }
    }
    const [ticket] = await Promise.all([tickets.issue(PENDING_MFA, account.id, { next }), counted.passed()])
    return { state: 'halfway', ticket }
  }

  /** The account of a sign-in that waits for its second factor, and the page to return to. */
  async pendingMfa(ticket: string | undefined): Promise<{ account: Account; next: string }> {
    const { tickets, accounts } = this.#needs
    const taken = await tickets.look(PENDING_MFA, ticket)
    const account = taken?.account ? await accounts.get(taken.account) : undefined
    if (!taken || !account) throw refuse('code-expired')
    return { account, next: taken.data.next }
  }

  /**
   * Completes a sign-in with a TOTP code or a recovery code.
   *
   * @throws Refusal `code-expired`, `code-wrong`, `too-many-failures`
   */
  async withCode(
    ticket: string | undefined,
    code: string,
    browser: Browser,
  ): Promise<{ signedIn: SignedIn; next: string }> {
    const { account, next } = await this.pendingMfa(ticket)
    const method = await this.#takeCode(account, code, browser)
    await this.#needs.tickets.take(PENDING_MFA, ticket)
    return { signedIn: await this.#enter(account, ['pwd', method], browser), next }
  }

  /**
   * Completes a sign-in with a passkey, after the password or alone.
   *
   * @throws Refusal `passkey-expired`, `passkey-invalid`, `wrong-login`
   */
  async withPasskey(
    ticket: string,
    response: AuthenticationResponseJSON,
    browser: Browser,
    halfwayTicket?: string,
  ): Promise<{ signedIn: SignedIn; next: string | undefined }> {
    const { passkeys, accounts, tickets } = this.#needs
    const pending = halfwayTicket ? await this.pendingMfa(halfwayTicket) : undefined
    const id = await passkeys.show(ticket, response, pending?.account.id)
    const account = await accounts.get(id)
    if (!account || !['active', 'closing'].includes(account.state)) throw refuse('wrong-login')
    if (pending) await tickets.take(PENDING_MFA, halfwayTicket)
    return {
      signedIn: await this.#enter(account, pending ? ['pwd', 'passkey'] : ['passkey'], browser),
      next: pending?.next,
    }
  }

  /** Signs a person in who authenticated in another way: by an invitation or a recovery. */
  async enter(account: Account, method: Method, browser: Browser, db = this.#needs.db): Promise<SignedIn> {
    return this.#enter(account, [method], browser, { on: db })
  }

  /**
   * Re-authenticates a person before a sensitive action.
   *
   * @returns whether the proof was correct
   * @throws Refusal `too-many-failures`; TooBusy
   */
  async confirm(
    account: Account,
    proof: { password?: string | undefined; code?: string | undefined },
    browser: Browser,
  ): Promise<boolean> {
    if (proof.password !== undefined) {
      const { passwords } = this.#needs
      const [device, kept] = await Promise.all([this.#findDevice(account, browser), passwords.kept(account.id)])
      const counted = await this.#begin('sign-in', account.id, account, browser, device)
      if (!(await passwords.isRight(account.id, proof.password, kept))) return false
      await counted.passed()
      return true
    }
    if (proof.code === undefined) return false
    const counted = await this.#begin('code', account.id, account, browser, await this.#findDevice(account, browser))
    if (!(await this.#needs.codes.take(account.id, proof.code))) return false
    await counted.passed()
    return true
  }

  async #takeCode(account: Account, code: string, browser: Browser): Promise<'otp' | 'recovery'> {
    const counted = await this.#begin('code', account.id, account, browser, await this.#findDevice(account, browser))
    const method = await this.#needs.codes.take(account.id, code)
    if (!method) {
      await this.#log('sign-in.failed', account, browser, { method: 'otp' })
      throw refuse('code-wrong')
    }
    await counted.passed()
    return method
  }

  async #begin(what: string, whose: string, account: Account | undefined, browser: Browser, { isKnown }: KnownDevice) {
    const { lockout } = this.#needs
    const counted = await lockout.begin({
      what,
      whose,
      address: browser.address,
      ...(isKnown && { device: browser.device }),
    })
    if (typeof counted === 'number') {
      await this.#log('sign-in.held-back', account, browser, { seconds: counted })
      throw refuse('too-many-failures', { retryAfter: counted, minutes: Math.ceil(counted / 60) })
    }
    return counted
  }

  async #enter(
    account: Account,
    methods: Method[],
    browser: Browser,
    { device, on }: { device?: KnownDevice; on?: Kysely<IdentityTables> } = {},
  ): Promise<SignedIn> {
    const { sessions, securityLog, emails, today } = this.#needs
    const { isKnown, isFirst } = device ?? (await this.#findDevice(account, browser, on))
    const shown = isKnown && browser.device ? browser.device : randomBytes(16).toString('base64url')
    const enter = async (db: Kysely<IdentityTables>) => {
      const { cookie } = await sessions.begin(db, account.id, methods, browser)
      await db
        .insertInto('known_device')
        .values({ device_hash: this.#deviceHash(shown), account: account.id, seen_on: today().toString() })
        .onConflict((conflict) =>
          conflict.columns(['device_hash', 'account']).doUpdateSet({ seen_on: today().toString() }),
        )
        .execute()
      await securityLog.write(db, {
        action: 'sign-in.done',
        actor: account.id,
        subject: account.id,
        address: browser.address,
        detail: { method: methods.join('+') },
      })
      if (!isKnown && !isFirst) await emails.emailChange(db, account, 'device', browser.agent.slice(0, 120))
      return { account: account.id, cookie, device: shown }
    }
    return on?.isTransaction ? enter(on) : this.#needs.db.transaction().execute(enter)
  }

  async #hasSecondFactor(account: string): Promise<boolean> {
    const [{ hasTotp }, keys] = await Promise.all([
      this.#needs.codes.state(account),
      this.#needs.passkeys.list(account),
    ])
    return hasTotp || keys.length > 0
  }

  /** Looks the browser up among the known devices of an account. */
  async #findDevice(account: Account | undefined, { device }: Browser, db = this.#needs.db): Promise<KnownDevice> {
    if (!account) return { isKnown: false, isFirst: false }
    const oldest = this.#needs.today().subtract({ days: DEVICE_DAYS }).toString()
    const { rows } = await sql<KnownDevice>`
      select coalesce(bool_or(device_hash = ${device === undefined ? null : this.#deviceHash(device)}::bytea and seen_on >= ${oldest}::date), false) as "isKnown",
        count(*) = 0 as "isFirst" from identity.known_device where account = ${account.id}`.execute(db)
    return rows[0] ?? { isKnown: false, isFirst: true }
  }

  async #log(
    action: 'sign-in.failed' | 'sign-in.held-back',
    account: Account | undefined,
    { address }: Visitor,
    detail: Detail,
  ): Promise<void> {
    await this.#needs.securityLog.write(this.#needs.db, {
      action,
      actor: null,
      subject: account?.id ?? null,
      address,
      detail,
    })
  }

  #deviceHash(device: string): Buffer {
    return this.#needs.key.keyedHash('devices', device)
  }
}

import type { Session } from '../../platform/access/identity.ts'
import { refuse } from './refusals.ts'
import type { IdentityContext } from './context.ts'
import type { Account } from './accounts.ts'

/** The security state of an account, and the next recommended action. */
export interface SecurityOverview {
  hasPassword: boolean
  hasTotp: boolean
  recoveryCodesLeft: number
  passkeys: number
  /** 0 to 3. */
  score: number
  next: 'second-factor' | 'second-key' | 'recovery-codes' | undefined
}

/** Below this number of recovery codes, new ones are recommended. */
const FEW = 3

export async function securityOverviewOf(
  { passwords, codes, passkeys }: IdentityContext,
  account: string,
): Promise<SecurityOverview> {
  const [hasPassword, { hasTotp, recoveryCodesLeft }, keys] = await Promise.all([
    passwords.has(account),
    codes.state(account),
    passkeys.list(account),
  ])
  const next =
    !hasTotp && keys.length === 0
      ? 'second-factor'
      : hasTotp && recoveryCodesLeft < FEW
        ? 'recovery-codes'
        : keys.length === 1 && !hasPassword
          ? 'second-key'
          : undefined
  const score = next === 'second-factor' ? 1 : next ? 2 : 3
  return { hasPassword, hasTotp, recoveryCodesLeft, passkeys: keys.length, score, next }
}

/** Changes of passwords and second factors; each is logged, and reported to the owner by e-mail. */
export class SecuritySettings {
  readonly #context: IdentityContext

  constructor(context: IdentityContext) {
    this.#context = context
  }

  /** @throws Refusal `password-wrong`, `password-short`, `password-long`, `password-weak` */
  async changePassword(session: Session, account: Account, current: string | undefined, wanted: string): Promise<void> {
    const { db, passwords, signIn, sessions, emails, securityLog } = this.#context
    const had = await passwords.has(account.id)
    if (had && !(await signIn.confirm(account, { password: current ?? '' }, NOWHERE))) throw refuse('password-wrong')
    const hash = await passwords.choose(account.id, wanted)
    await db.transaction().execute(async (transaction) => {
      await passwords.take(transaction, account.id, hash)
      await sessions.end(transaction, account.id, { but: session.id })
      await emails.emailChange(transaction, account, 'password')
      await securityLog.write(transaction, { action: 'password.set', actor: account.id, subject: account.id })
    })
  }

  /**
   * @returns the recovery codes, shown this once
   * @throws Refusal `code-wrong`
   */
  async confirmTotp(session: Session, account: Account, code: string): Promise<string[]> {
    const { db, codes, sessions, emails, securityLog } = this.#context
    return db.transaction().execute(async (transaction) => {
      const recoveryCodes = await codes.confirm(transaction, account.id, code)
      await sessions.strengthen(transaction, session, 'otp')
      await this.#changed(transaction, account, session)
      await emails.emailChange(transaction, account, 'factor')
      await securityLog.write(transaction, { action: 'totp.added', actor: account.id, subject: account.id })
      return recoveryCodes
    })
  }

  async removeTotp(session: Session, account: Account): Promise<void> {
    const { db, codes, emails, securityLog } = this.#context
    await db.transaction().execute(async (transaction) => {
      await codes.remove(transaction, account.id)
      await this.#changed(transaction, account, session)
      await emails.emailChange(transaction, account, 'factor')
      await securityLog.write(transaction, { action: 'totp.removed', actor: account.id, subject: account.id })
    })
  }

  async renewRecoveryCodes(account: Account): Promise<string[]> {
    const { db, codes, securityLog } = this.#context
    return db.transaction().execute(async (transaction) => {
      const made = await codes.renew(transaction, account.id)
      await securityLog.write(transaction, { action: 'recovery-codes.made', actor: account.id, subject: account.id })
      return made
    })
  }

  async addPasskey(
    session: Session,
    account: Account,
    {
      ticket,
      response,
      label = '',
    }: { ticket: string; response: Parameters<IdentityContext['passkeys']['verify']>[2]; label?: string | undefined },
  ): Promise<string> {
    const { db, passkeys, sessions, emails, securityLog } = this.#context
    const key = await passkeys.verify(account.id, ticket, response)
    return db.transaction().execute(async (transaction) => {
      const id = await passkeys.add(transaction, account.id, key, label)
      await sessions.strengthen(transaction, session, 'passkey')
      await this.#changed(transaction, account, session)
      await emails.emailChange(transaction, account, 'factor')
      await securityLog.write(transaction, {
        action: 'passkey.added',
        actor: account.id,
        subject: account.id,
        detail: { label: label.slice(0, 80) },
      })
      return id
    })
  }

  /** @throws Refusal `not-found`, `last-passkey` */
  async removePasskey(session: Session, account: Account, id: string): Promise<void> {
    const { db, passkeys, passwords, emails, securityLog } = this.#context
    const canDoWithout = await passwords.has(account.id)
    await db.transaction().execute(async (transaction) => {
      await passkeys.remove(transaction, account.id, id, canDoWithout)
      await this.#changed(transaction, account, session)
      await emails.emailChange(transaction, account, 'factor')
      await securityLog.write(transaction, { action: 'passkey.removed', actor: account.id, subject: account.id })
    })
  }

  /** After a change of a factor, other browsers must sign in again. */
  async #changed(db: IdentityContext['db'], account: Account, session: Session): Promise<void> {
    await this.#context.sessions.end(db, account.id, { but: session.id })
  }
}

/** Attempts from within a session are counted for the account alone. */
const NOWHERE = { agent: '', address: '', device: undefined }

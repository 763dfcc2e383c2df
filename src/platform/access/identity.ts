import type { Language } from '../language/languages.ts'
import type { Caller } from './caller.ts'
import type { Role } from './roles.ts'

/** A browser that is signed in on one host. */
export interface Session {
  /** The same on all hosts of one browser, until it signs out. */
  id: string
  caller: Caller
  /** Language that the person chose for their account. */
  language: Language | undefined
  /** Whether two factors were shown, or a passkey that asked for a finger or a code. */
  isStrong: boolean
  /** Whether a second factor is wanted of this person, and they have none yet: their rights sleep until then. */
  needsSecondFactor: boolean
  /** Whether the account has a second factor, shown in this browser or not. */
  hasSecondFactor: boolean
  signedInAt: Temporal.Instant
  /** Until when the person has just proved who they are; undefined when they must do so again before what is grave. */
  sudoUntil: Temporal.Instant | undefined
}

/** A browser comes back from the identity host with a code that is good once. */
export interface SsoExchange {
  code: string
  /** What this host gave the browser when it left. */
  state: string
  /** The service on whose host it is. */
  service: string
  agent: string
  address: string
}

/** The e-mail address and language of a person. */
export interface Mailbox {
  address: string
  /** Undefined when they chose none. */
  language: Language | undefined
}

/** What the platform and the services ask about people; the house answers (src/house/identity). */
export interface Identity {
  /**
   * Who is behind the cookie of a host.
   *
   * @throws the database's error when it is away, so that an outage signs no one out
   */
  sessionOf(cookie: string, service: string): Promise<Session | undefined>
  /** Takes a browser over from the identity host: the cookie for this host, or undefined when the code is none. */
  exchangeSso(handOver: SsoExchange): Promise<string | undefined>
  /** Whom a key of a program speaks for; undefined when it is none of ours, revoked or over. */
  callerWithToken(token: string): Promise<Caller | undefined>
  /**
   * Whom an app password speaks for.
   *
   * @param scope what it must be good for: `dav`, `imap`, `smtp`, `sieve`, `pop3`, `xmpp`, `api`
   * @param address from which it came, for the count of wrong ones
   * @throws Refusal `too-many-failures`
   */
  callerWithPassword(login: string, password: string, scope: string, address: string): Promise<Caller | undefined>
  /** Names of accounts, as others read them, by number; those that are gone are absent. */
  namesOf(accounts: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Verified addresses of one active account, or of all active accounts with a role. */
  mailboxesOf(who: { account: string } | { role: Role }): Promise<readonly Mailbox[]>
}

/** For an instance without the identity service: every caller is anonymous. */
export const noIdentity: Identity = {
  sessionOf: async () => undefined,
  exchangeSso: async () => undefined,
  callerWithToken: async () => undefined,
  callerWithPassword: async () => undefined,
  namesOf: async () => new Map(),
  mailboxesOf: async () => [],
}

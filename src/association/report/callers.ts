import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../platform/access/caller.ts'
import type { Identity } from '../../platform/access/identity.ts'
import type { Addresses } from '../../platform/addresses.ts'
import type { Rates } from '../../platform/limits/rates.ts'
import { refuse } from './refusals.ts'

/** Wrong keys from one network, before it must wait. Nobody guesses a key; each try costs a query. */
const WRONG_RATES = [{ acts: 20, seconds: 600 }]

interface CallerNeeds {
  /** Asked for at each request: the house opens after us. */
  identity: () => Identity
  rates: Rates
  addresses: Addresses
}

/** Who asks: whoever is signed in, or the holder of the key that a program shows. */
export class Callers {
  readonly #identity: () => Identity
  readonly #rates: Rates
  readonly #addresses: Addresses

  constructor({ identity, rates, addresses }: CallerNeeds) {
    this.#identity = identity
    this.#rates = rates
    this.#addresses = addresses
  }

  /**
   * Whom a request speaks for; undefined when it is a stranger's.
   *
   * @throws Refusal `key-wrong` when the key is none of ours, `key-late` after too many of those
   */
  async of({ headers, ip, session }: FastifyRequest): Promise<Caller | undefined> {
    const key = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
    if (key === undefined) return session?.caller
    const caller = await this.#identity().callerWithToken(key)
    if (caller) return caller
    const retryAfter = await this.#rates.take('report.key', ip, WRONG_RATES)
    throw retryAfter ? refuse('key-late', { retryAfter, minutes: Math.ceil(retryAfter / 60) }) : refuse('key-wrong')
  }

  /** Names of people by the numbers of their accounts; those that are gone are absent. */
  namesOf(accounts: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#identity().namesOf([...new Set(accounts)].filter((account) => ACCOUNT.test(account)))
  }

  /** Before a page for those who write: a stranger's browser signs in first, a program is told that it needs a key. */
  readonly signInFirst = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const isStranger = request.session === undefined && request.headers.authorization === undefined
    const isBrowser = (request.headers.accept ?? '').includes('text/html')
    if (!isStranger || !isBrowser || !this.#addresses.has('identity')) return undefined
    return reply.redirect(`/_sso?next=${encodeURIComponent(request.url)}`, 302)
  }
}

/** Numbers of accounts; what the program itself did bears its name instead. */
const ACCOUNT = /^[0-9a-f]{8}-[0-9a-f-]{27}$/

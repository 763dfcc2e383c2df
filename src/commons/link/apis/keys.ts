import { may, type Caller } from '../../../platform/access/caller.ts'
import type { Identity } from '../../../platform/access/identity.ts'
import type { Rates } from '../../../platform/limits/rates.ts'
import { refuse } from '../refusals.ts'

/** Wrong keys from one network, before it must wait. Nobody guesses a key; each try costs a query. */
const WRONG_RATES = [
  { acts: 20, seconds: 600 },
  { acts: 200, seconds: 24 * 3600 },
]

/** Looks up who shows a key, wherever the interface of a replaced software has its place for one. */
export class Keys {
  readonly #identity: () => Identity
  readonly #rates: Rates

  constructor({ identity, rates }: { identity: () => Identity; rates: Rates }) {
    this.#identity = identity
    this.#rates = rates
  }

  /**
   * Whom a key speaks for.
   *
   * @param scope what the key must allow: `link:read` or `link:write`
   * @param address from which it came, for the count of wrong ones
   * @throws Refusal `key-wrong`, `key-late` after too many wrong ones, `key-narrow` when the key does not allow it
   */
  async callerWith(key: string, scope: string, address: string): Promise<Caller> {
    const caller = await this.#identity().callerWithToken(key)
    if (!caller) throw await this.#wrong(address)
    if (!may(caller, scope)) throw refuse('key-narrow', { scope })
    return caller
  }

  async #wrong(address: string): Promise<Error> {
    const retryAfter = await this.#rates.take('link.key', address, WRONG_RATES)
    return retryAfter ? refuse('key-late', { retryAfter, minutes: Math.ceil(retryAfter / 60) }) : refuse('key-wrong')
  }
}

/**
 * The key of an `Authorization: Bearer …` header (RFC 6750); undefined when there is none.
 *
 * @param header the whole header
 */
export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1]
}

import type { FastifyRequest } from 'fastify'
import type { Tokens } from '../../platform/access/tokens.ts'
import type { Rates } from '../../platform/limits/rates.ts'
import type { Actor } from './permissions.ts'
import { refuse } from './refusals.ts'

/** Wrong keys from one network, before it must wait. Nobody guesses a key; each try costs a query. */
const WRONG_RATES = [{ acts: 20, seconds: 600 }]

/** Who asks, by the key of their request. */
export class Callers {
  readonly #tokens: Tokens
  readonly #rates: Rates

  constructor({ tokens, rates }: { tokens: Tokens; rates: Rates }) {
    this.#tokens = tokens
    this.#rates = rates
  }

  /**
   * Whom a request speaks for; undefined when it shows no key.
   *
   * @throws Refusal `key-wrong` when the key is none of ours, `key-late` after too many of those
   */
  async of({ headers, ip }: FastifyRequest): Promise<Actor | undefined> {
    const key = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
    if (key === undefined) return undefined
    const caller = await this.#tokens.find(key)
    if (caller) return caller
    const retryAfter = await this.#rates.take('report.key', ip, WRONG_RATES)
    throw retryAfter ? refuse('key-late', { retryAfter, minutes: Math.ceil(retryAfter / 60) }) : refuse('key-wrong')
  }
}

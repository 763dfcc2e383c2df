import { ownRefusals } from '../http/refusal-of.ts'
import type { Rate, Rates } from '../limits/rates.ts'
import { may, type Caller } from './caller.ts'
import type { Identity } from './identity.ts'

/** Wrong tokens that one network may show before it must wait. No token can be guessed; each try costs a query. */
const WRONG_RATES: Rate[] = [
  { acts: 20, seconds: 600 },
  { acts: 200, seconds: 24 * 3600 },
]

/** What programs show in place of a session: tokens, and app passwords where a protocol knows nothing else. */
export class Credentials {
  readonly #identity: () => Identity
  readonly #rates: Rates

  constructor({ identity, rates }: { identity: () => Identity; rates: Rates }) {
    this.#identity = identity
    this.#rates = rates
  }

  /**
   * The caller whom a token speaks for. The interfaces of replaced software call it with what they find in a place of
   * their own; everywhere else `request.caller` has done so already.
   *
   * @param address of the client, for the count of wrong tokens
   * @param scope what the token must allow, such as `link:write`; anything when nothing is said
   * @throws Refusal `invalid-token`, `too-many-invalid-tokens`, `insufficient-scope`
   */
  async callerWithToken(token: string, address: string, scope?: string): Promise<Caller> {
    const caller = await this.#identity().callerWithToken(token)
    if (!caller) throw await this.#wrong(address)
    if (scope !== undefined && !may(caller, scope)) throw ownRefusals('insufficient-scope', { scope })
    return caller
  }

  /**
   * The caller whom an app password speaks for.
   *
   * @param scope what it must be good for: `dav`, `imap`, `api`…
   * @throws Refusal `invalid-token`, `too-many-failures`
   */
  async callerWithPassword(login: string, password: string, scope: string, address: string): Promise<Caller> {
    const caller = await this.#identity().callerWithPassword(login, password, scope, address)
    if (!caller) throw ownRefusals('invalid-token')
    return caller
  }

  async #wrong(address: string): Promise<Error> {
    const retryAfter = await this.#rates.take('token', address, WRONG_RATES)
    return retryAfter
      ? ownRefusals('too-many-invalid-tokens', { retryAfter, minutes: Math.ceil(retryAfter / 60) })
      : ownRefusals('invalid-token')
  }
}

import type { Identity } from '../access/identity.ts'
import type { ClientAddress } from '../http/from.ts'
import type { Moderation } from '../moderation/moderation.ts'

/**
 * What services do for one another, by name. The types stand here, so that neither side knows the other: one service
 * says `offers: { 'link.shorten': … }`, another asks `platform.offers.get('link.shorten')` and shows its button only
 * where the answer is not undefined.
 */
export interface Offers {
  /** Who people are, and what they may do. */
  identity: Identity
  /** Where contents are reported and judged. */
  moderation: Moderation
  /**
   * A short address for a page of ours. The same page and account get the same address again.
   *
   * @param wanted `account` is its owner; without one, `from` is the stranger's, and counts against their rate
   * @throws Refusal when it may not be shortened, or too many were
   */
  'link.shorten': (wanted: {
    url: string
    account?: string | undefined
    from: ClientAddress
  }) => Promise<{ address: string }>
}

/** The offers of all services of one process. */
export class OfferRegistry {
  readonly #offers: Partial<Offers> = {}
  readonly #offeredBy = new Map<string, string>()

  /** @throws Error when another service offers the same: a bug */
  register(service: string, offers: Partial<Offers>): void {
    for (const name of Object.keys(offers)) {
      const other = this.#offeredBy.get(name)
      if (other !== undefined) throw new Error(`${service} and ${other} both offer ${name}`)
      this.#offeredBy.set(name, service)
    }
    Object.assign(this.#offers, offers)
  }

  /** What the service that offers it does; undefined when none of this instance does. */
  get<Name extends keyof Offers>(name: Name): Offers[Name] | undefined {
    return this.#offers[name]
  }
}

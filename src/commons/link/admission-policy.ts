import type { ClientAddress } from '../../platform/http/from.ts'
import type { Language } from '../../platform/language/languages.ts'
import type { ProofOfWork } from '../../platform/limits/proof-of-work.ts'
import type { Rate, Rates } from '../../platform/limits/rates.ts'
import { refuse } from './refusals.ts'
import type { Assessment } from './risk/assess.ts'
import { describeReason } from './risk/reasons.ts'
import type { LinkState } from './tables.ts'
import type { SpamSurge } from './spam-surge.ts'

/** The creator of a link: an account, or an anonymous visitor. */
export type Creator = Member | Stranger

/** A creator with an account, by its id. */
export interface Member {
  kind: 'holder'
  id: string
  from: ClientAddress
}

/** An anonymous creator, with the answer to a proof of work where the page could give one. */
export interface Stranger {
  kind: 'stranger'
  from: ClientAddress
  proof?: string | undefined
}

/** The columns of a new link that the policy sets. */
export interface Admission {
  state?: Extract<LinkState, 'active' | 'held'>
  reason: string | null
  risk: number
  warns_until: string | null
  held_at: string | null
}

/** The rate limit of one network for anonymous links. */
const STRANGER_RATES: Rate[] = [
  { acts: 5, seconds: 3600 },
  { acts: 20, seconds: 24 * 3600 },
]

/**
 * The further links that one network may create with proof of work: a class, a library or a festival shares one
 * address. A moderator must open each of them, so that a flood opens nothing.
 */
const CROWD_RATES: Rate[] = [
  { acts: 60, seconds: 3600 },
  { acts: 200, seconds: 24 * 3600 },
]

/** How long an anonymous link shows its target first. */
const YOUNG = { hours: 7 * 24 }

interface AdmissionPolicyNeeds {
  /** Scores an address from local data, without any request. */
  assess: (url: string, slug: string | undefined) => Assessment
  rates: Rates
  proofOfWork: ProofOfWork
  surge: SpamSurge
  isRelaxed: boolean
}

/**
 * Judges a link before it is created. Accounts are trusted, except with refused addresses. Anonymous creators have a
 * rate limit; beyond it, a link with proof of work is held for a moderator. Without proof of work, in a spam surge, or
 * with a suspicious address, an anonymous link is held until a moderator opens it or a day has passed. For a week it
 * shows its target first. Welcome addresses (the town, the association…) are never held.
 */
export class AdmissionPolicy {
  readonly #needs: AdmissionPolicyNeeds

  constructor(needs: AdmissionPolicyNeeds) {
    this.#needs = needs
  }

  /** @throws Refusal `too-fast`, or `unwelcome` for refused addresses */
  async admit(url: string, slug: string | undefined, creator: Creator): Promise<Admission> {
    const { assess, isRelaxed } = this.#needs
    const { score, verdict, finalReason, isAllowed } = welcomed(assess(url, slug))
    const isOfCrowd = creator.kind === 'stranger' && (await this.#count(creator)) === 'crowd'
    if (isRelaxed || creator.kind === 'holder' || isAllowed) return { state: 'active', ...trusted(score) }
    if (isOfCrowd) return { state: 'held', ...young(score, 'crowd'), held_at: null }
    const held = verdict === 'hold' ? (finalReason?.code ?? 'odd') : await this.#whyHeld(creator)
    return { state: held ? 'held' : 'active', ...young(score, held) }
  }

  /**
   * Judges the new target of an existing link. An anonymous link is held when its target is suspicious; otherwise it
   * shows its target first for a week again.
   *
   * @throws Refusal `unwelcome`
   */
  readmit(url: string, slug: string, owner: string | null): Admission {
    const { assess, isRelaxed } = this.#needs
    const { score, verdict, finalReason, isAllowed } = welcomed(assess(url, slug))
    if (isRelaxed || owner !== null || isAllowed) return trusted(score)
    return verdict === 'hold' ? { state: 'held', ...young(score, finalReason?.code ?? 'odd') } : young(score, null)
  }

  /**
   * Counts one link of a network.
   *
   * @returns whether it is within the rate limit of a person, or of a crowd
   * @throws Refusal `too-fast`
   */
  async #count({ from: { address }, proof }: Stranger): Promise<'person' | 'crowd'> {
    const { rates } = this.#needs
    const retryAfter = await rates.take('link.shorten', address, STRANGER_RATES)
    if (!retryAfter) return 'person'
    if ((await this.#isProven(proof)) && !(await rates.take('link.crowd', address, CROWD_RATES))) return 'crowd'
    throw refuse('too-fast', { retryAfter, minutes: Math.ceil(retryAfter / 60) })
  }

  async #whyHeld({ proof }: Stranger): Promise<string | null> {
    if (!(await this.#isProven(proof))) return 'no-proof'
    return (await this.#needs.surge.state()).isOn ? 'spam-surge' : null
  }

  async #isProven(proof: string | undefined): Promise<boolean> {
    return proof !== undefined && proof !== '' && this.#needs.proofOfWork.accept(proof)
  }
}

/** @throws Refusal `unwelcome` for refused addresses, with the reason in words */
function welcomed(assessment: Assessment): Assessment {
  const { verdict, finalReason } = assessment
  if (verdict !== 'refuse') return assessment
  const inWords = (language: Language) => (finalReason ? describeReason(finalReason, language) : '')
  throw refuse('unwelcome', { reason: { fr: inWords('fr'), en: inWords('en') } })
}

function trusted(risk: number): Admission {
  return { reason: null, risk, warns_until: null, held_at: null }
}

function young(risk: number, held: string | null): Admission {
  const now = Temporal.Now.instant()
  return { reason: held, risk, warns_until: now.add(YOUNG).toString(), held_at: held ? now.toString() : null }
}

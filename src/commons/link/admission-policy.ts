import type { ClientAddress } from '../../platform/http/from.ts'
import type { Language } from '../../platform/language/languages.ts'
import type { ProofOfWork } from '../../platform/limits/proof-of-work.ts'
import type { Rate, Rates } from '../../platform/limits/rates.ts'
import { refuse } from './refusals.ts'
import type { Assessment } from './risk/assess.ts'
import { sayReason } from './risk/reasons.ts'
import type { LinkState } from './tables.ts'
import type { SpamSurge } from './spam-surge.ts'

/** Who makes a link: the holder of an account, or anybody. */
export type Creator = Member | Stranger

/** By the number of the account. */
export interface Member {
  kind: 'holder'
  id: string
  from: ClientAddress
}

/** With the answer to a proof of work, where the page could give one. */
export interface Stranger {
  kind: 'stranger'
  from: ClientAddress
  proof?: string | undefined
}

/** What a link begins as: columns of its row. */
export interface Admission {
  state?: Extract<LinkState, 'active' | 'held'>
  reason: string | null
  risk: number
  warns_until: string | null
  held_at: string | null
}

/** Links that one network may make. */
const STRANGER_RATES: Rate[] = [
  { acts: 5, seconds: 3600 },
  { acts: 20, seconds: 24 * 3600 },
]

/**
 * Links beyond that for which one network may still work: a class, a library, a festival stand behind one address. They
 * wait for a person, without an end, so that a flood opens nothing.
 */
const CROWD_RATES: Rate[] = [
  { acts: 60, seconds: 3600 },
  { acts: 200, seconds: 24 * 3600 },
]

/** How long the link of a stranger shows where it leads first. */
const YOUNG = { hours: 7 * 24 }

interface AdmissionPolicyNeeds {
  /** What an address looks like from here, without asking anybody. */
  assess: (url: string, slug: string | undefined) => Assessment
  rates: Rates
  proofOfWork: ProofOfWork
  surge: SpamSurge
  isRelaxed: boolean
}

/**
 * Judges a link before it is made. Holders of accounts are trusted, short of what nobody may link to. Strangers have a
 * rate, beyond which a link that was worked for waits for somebody to look; without proof of work, in a wave, or with an
 * odd address, their link is held until somebody has looked or a day has passed; for a week it shows where it leads.
 * Welcome addresses (the town, the association…) go straight through.
 */
export class AdmissionPolicy {
  readonly #needs: AdmissionPolicyNeeds

  constructor(needs: AdmissionPolicyNeeds) {
    this.#needs = needs
  }

  /** @throws Refusal `too-fast`, or `unwelcome` for what nobody may link to */
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
   * Judges the new address of a link that is there already: of a stranger's, an odd one is held, and any other shows
   * again for a week where it leads.
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
   * @returns whether it is within the rate of one person, or one of a crowd
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

/** @throws Refusal `unwelcome` for what nobody may link to, in words */
function welcomed(assessment: Assessment): Assessment {
  const { verdict, finalReason } = assessment
  if (verdict !== 'refuse') return assessment
  const inWords = (language: Language) => (finalReason ? sayReason(finalReason, language) : '')
  throw refuse('unwelcome', { reason: { fr: inWords('fr'), en: inWords('en') } })
}

function trusted(risk: number): Admission {
  return { reason: null, risk, warns_until: null, held_at: null }
}

function young(risk: number, held: string | null): Admission {
  const now = Temporal.Now.instant()
  return { reason: held, risk, warns_until: now.add(YOUNG).toString(), held_at: held ? now.toString() : null }
}

import type { ProofOfWork } from '../../platform/limits/proof-of-work.ts'
import type { Rate, Rates } from '../../platform/limits/rates.ts'
import { refuse } from './refusals.ts'
import type { LinkState } from './tables.ts'
import type { Wave } from './wave.ts'

/** Who makes a link. */
export type Maker =
  /** The holder of an account, by its number. */
  | { kind: 'holder'; id: string }
  /** Anybody, from an address; with the answer to a proof of work, where the page could give one. */
  | { kind: 'stranger'; address: string; proof?: string | undefined }

/** What a link begins as: columns of its row. */
export interface Judgement {
  state?: Extract<LinkState, 'active' | 'held'>
  reason: string | null
  risk: number
  warns_until: string | null
  held_at: string | null
}

/** What an address looks like from here, without asking anybody. */
export interface Assessment {
  /** 0: plain. 100: nobody wants it. */
  score: number
  verdict: 'welcome' | 'plain' | 'hold' | 'refuse'
  /** Why, as a code of the words `risk.<code>`; absent when there is nothing to say. */
  reason?: string | undefined
}

/** Links that one network may make. */
const STRANGER_RATES: Rate[] = [
  { acts: 5, seconds: 3600 },
  { acts: 20, seconds: 24 * 3600 },
]

/** How long the link of a stranger shows where it leads first. */
const YOUNG = { hours: 7 * 24 }

interface ScreeningNeeds {
  assess: (url: string, slug: string | undefined) => Promise<Assessment>
  rates: Rates
  proofOfWork: ProofOfWork
  wave: Wave
  isRelaxed: boolean
}

/**
 * Judges a link before it is made. Holders of accounts are trusted, short of what nobody may link to. Strangers have a
 * rate; without proof of work, in a wave, or with an odd address, their link is held until somebody has looked or a day
 * has passed; for a week it shows where it leads. Welcome addresses (the town, the association…) go straight through.
 */
export class Screening {
  readonly #needs: ScreeningNeeds

  constructor(needs: ScreeningNeeds) {
    this.#needs = needs
  }

  /** @throws Refusal `too-fast`, or `unwelcome` for what nobody may link to */
  async judge(url: string, slug: string | undefined, maker: Maker): Promise<Judgement> {
    const { assess, isRelaxed } = this.#needs
    const { score, verdict, reason } = await assess(url, slug)
    if (verdict === 'refuse') throw refuse('unwelcome', { reason: reason ?? '' })
    if (maker.kind === 'stranger') await this.#count(maker)
    if (isRelaxed || maker.kind === 'holder' || verdict === 'welcome') return { state: 'active', ...trusted(score) }
    const held = verdict === 'hold' ? (reason ?? 'odd') : await this.#whyHeld(maker)
    return { state: held ? 'held' : 'active', ...young(score, held) }
  }

  /**
   * Judges the new address of a link that is there already: of a stranger's, an odd one is held, and any other shows
   * again for a week where it leads.
   *
   * @throws Refusal `unwelcome`
   */
  async reconsider(url: string, slug: string, owner: string | null): Promise<Judgement> {
    const { assess, isRelaxed } = this.#needs
    const { score, verdict, reason } = await assess(url, slug)
    if (verdict === 'refuse') throw refuse('unwelcome', { reason: reason ?? '' })
    if (isRelaxed || owner !== null || verdict === 'welcome') return trusted(score)
    return verdict === 'hold' ? { state: 'held', ...young(score, reason ?? 'odd') } : young(score, null)
  }

  async #count({ address }: { address: string }): Promise<void> {
    const retryAfter = await this.#needs.rates.take('link.shorten', address, STRANGER_RATES)
    if (retryAfter) throw refuse('too-fast', { retryAfter, minutes: Math.ceil(retryAfter / 60) })
  }

  async #whyHeld({ proof }: { proof?: string | undefined }): Promise<string | null> {
    const { proofOfWork, wave } = this.#needs
    if (!proof || !(await proofOfWork.accept(proof))) return 'no-proof'
    return (await wave.state()).isOn ? 'wave' : null
  }
}

function trusted(risk: number): Judgement {
  return { reason: null, risk, warns_until: null, held_at: null }
}

function young(risk: number, held: string | null): Judgement {
  const now = Temporal.Now.instant()
  return { reason: held, risk, warns_until: now.add(YOUNG).toString(), held_at: held ? now.toString() : null }
}

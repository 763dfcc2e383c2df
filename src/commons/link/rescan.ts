import type { Kysely } from 'kysely'
import { Moderation, type Suspect } from './moderation.ts'
import type { Assessment } from './risk/assess.ts'
import { RiskTally } from './risk/tally.ts'
import type { LinkTables } from './tables.ts'

/** Links that are read, judged and held at once. */
const BATCH = 5000

interface RescanNeeds {
  db: Kysely<LinkTables>
  /** What an address looks like from here, without asking anybody. */
  assess: (url: string, slug: string) => Assessment
}

/** What an audit found. */
export interface RescanResult {
  tally: RiskTally
  /** Links that would not lead on at once if they were made today, short of those that somebody has opened: held, or to be held. */
  suspects: number
  /** Links that are like them, but that somebody has opened. */
  opened: number
}

/** How an audit is to be done. */
interface RescanOptions {
  /** Whether suspects are held, until somebody opens them. */
  hold: boolean
  /** Whether only those are suspect that nobody could make today; else the odd ones of strangers are too. */
  isLenient?: boolean
  signal?: AbortSignal
}

/**
 * Judges all links that lead somewhere as if they were made today: rules and lists have changed since. Members are
 * trusted as they are when they make one: theirs are suspect only where nobody may lead to.
 *
 * @throws what the signal says, between two batches
 */
export async function rescan(
  { db, assess }: RescanNeeds,
  { hold, isLenient = false, signal }: RescanOptions,
): Promise<RescanResult> {
  const moderation = new Moderation(db)
  const findings: RescanResult = { tally: new RiskTally(), suspects: 0, opened: 0 }
  for (let last = 0; ;) {
    signal?.throwIfAborted()
    const rows = await db
      .selectFrom('link')
      .select(['id', 'slug', 'url', 'owner', 'opened_at'])
      .where('state', '=', 'active')
      .where('id', '>', last)
      .orderBy('id')
      .limit(BATCH)
      .execute()
    const suspects: Suspect[] = []
    for (const { id, slug, url, owner, opened_at: openedAt } of rows) {
      const assessment = assess(url, slug)
      findings.tally.add(slug, url, assessment)
      const { verdict, finalReason, score } = assessment
      if (verdict === 'direct' || (verdict === 'hold' && (isLenient || owner !== null))) continue
      if (openedAt !== null) findings.opened++
      else suspects.push({ id, url, reason: finalReason?.code ?? 'odd', risk: score })
    }
    findings.suspects += hold ? await moderation.hold(suspects) : suspects.length
    last = rows.at(-1)?.id ?? 0
    if (rows.length < BATCH) return findings
  }
}

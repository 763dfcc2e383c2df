import type { Kysely } from 'kysely'
import { Moderation, type Suspect } from './moderation.ts'
import type { Assessment } from './risk/assess.ts'
import { RiskTally } from './risk/tally.ts'
import type { LinkTables } from './tables.ts'

/** Links read, judged and held at once. */
const BATCH = 5000

interface RescanNeeds {
  db: Kysely<LinkTables>
  /** Scores an address from local data, without any request. */
  assess: (url: string, slug: string) => Assessment
}

/** The result of a rescan. */
export interface RescanResult {
  tally: RiskTally
  /**
   * Links that today's rules would not let redirect at once, except those that a moderator opened: held, or to hold.
   */
  suspects: number
  /** Such links that a moderator opened. */
  opened: number
}

/** The options of a rescan. */
interface RescanOptions {
  /** Whether suspects are held until a moderator opens them. */
  hold: boolean
  /** Whether only links that today's rules would refuse are suspect; else suspicious anonymous links are too. */
  isLenient?: boolean
  signal?: AbortSignal
}

/**
 * Judges all active links by today's rules and lists. Accounts are trusted as at creation: their links are suspect
 * only when the address is refused.
 *
 * @throws the reason of the signal, between two batches
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

import { randomInt } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Rates } from '../../platform/limits/rates.ts'
import { isMailbox } from '../../platform/mail/mailbox.ts'
import type { Category } from '../../platform/moderation/categories.ts'
import type { AbuseNotice } from '../../platform/moderation/moderation.ts'
import type { AuditTrail } from '../../platform/audit-trail/audit-trail.ts'
import type { Contents, ContentRef } from './contents.ts'
import type { ModerationTally } from './figures.ts'
import { readFields } from '../../platform/refusals.ts'
import { readText } from '../../platform/text/read.ts'
import { openItem, updateUrgency } from './items.ts'
import type { ModerationEmails } from './emails.ts'
import { refuse } from './refusals.ts'
import type { DeskTables } from './tables.ts'
import { weightOf } from './urgency.ts'

/** Rate limit of reports, by network. */
const RATES = [
  { acts: 10, seconds: 3600 },
  { acts: 40, seconds: 24 * 3600 },
]

/** Maximum length of an explanation in characters, and number of contents in one notice. */
export const EXPLANATION = { longest: 4000 }
const MOST_URLS = 20

/** Letters and digits without look-alikes, since references are read out on the telephone. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

interface ReportsNeeds {
  db: Kysely<DeskTables>
  contents: Contents
  rates: Rates
  auditTrail: AuditTrail
  emails: ModerationEmails
  tally: ModerationTally
}

/** A notice as submitted: its category is missing where none was chosen. */
export type WrittenNotice = Omit<AbuseNotice, 'category'> & { category: Category | undefined }

/** Accepts reports from visitors, and appeals from authors. */
export class Reports {
  readonly #needs: ReportsNeeds

  constructor(needs: ReportsNeeds) {
    this.#needs = needs
  }

  /**
   * Stores a report and sends a receipt. A network counts once for each content. A removed content cannot be reported
   * again.
   *
   * @throws Refusal `no-category`, `no-address`, `too-many-addresses`, `foreign-content`, `no-content`,
   * `already-removed`, `email-invalid`, `too-many-reports`
   */
  async take(written: WrittenNotice): Promise<{ reference: string }> {
    const notice = readNotice(written)
    const seen = await this.#see(notice)
    const there = seen.filter((one) => one.seen?.state === 'shown' || one.seen?.state === 'hidden')
    if (there.length === 0) throw refuse('already-removed')
    return this.#keep(there, notice, false)
  }

  /**
   * Stores an appeal. The sender is taken for the author.
   *
   * @throws Refusal `not-removed` when there is no decision to contest, `no-explanation`, and those of a report
   */
  async takeAppeal(written: WrittenNotice): Promise<{ reference: string }> {
    const notice = readNotice({ ...written, category: 'other' }, { isExplained: true })
    const seen = await this.#see(notice)
    const down = seen.filter((one) => one.seen?.state === 'removed' || one.seen?.state === 'hidden')
    if (down.length === 0) throw refuse('not-removed')
    return this.#keep(down, notice, true)
  }

  /**
   * Applies the rate limit, then reads the reported contents. A notice that fails validation is refused earlier and is
   * not counted.
   */
  async #see({ urls, from }: Pick<AbuseNotice, 'urls' | 'from'>) {
    const { contents, rates } = this.#needs
    const retryAfter = await rates.take('desk.report', from.address, RATES)
    if (retryAfter) throw refuse('too-many-reports', { retryAfter, minutes: Math.ceil(retryAfter / 60) })
    const refs = await Promise.all(urls.map((url) => contents.find(url)))
    // In a fixed order, so that two notices about the same contents cannot deadlock.
    const named = new Map(refs.map((ref) => [`${ref.service}/${ref.content}`, ref]))
    return contents.seeAll([...named].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, ref]) => ref))
  }

  async #keep(refs: readonly ContentRef[], notice: AbuseNotice, isAppeal: boolean): Promise<{ reference: string }> {
    const { db, auditTrail, emails, tally } = this.#needs
    const reference = Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
    const { category, explanation, email, sealedKey, language, from } = notice
    const network = auditTrail.networkHash(from)
    await db.transaction().execute(async (transaction) => {
      for (const ref of refs) {
        const item = await openItem(transaction, ref, category)
        const { rows } = await sql<{ is_counted: boolean }>`
          insert into desk.report (item, reference, is_appeal, category, weight, explanation, email, language, sealed_key, network, is_counted)
          select ${item}, ${reference}, ${isAppeal}, ${category}, ${weightOf(category, isAppeal)}, ${explanation}, ${email || null}, ${language},
            ${sealedKey ?? null}, ${network},
            not exists (select from desk.report where item = ${item} and network = ${network} and is_appeal = ${isAppeal} and settled_at is null)
          returning is_counted`.execute(transaction)
        if (rows[0]?.is_counted && !isAppeal) await tally.count(transaction, ref.service, { reports: 1 })
        await updateUrgency(transaction, [item])
      }
      if (email) await emails.acknowledge(transaction, { to: email, language, reference, isAppeal })
    })
    return { reference }
  }
}

/**
 * Validates a notice.
 *
 * @throws Refusal naming every invalid field
 */
function readNotice(written: WrittenNotice, { isExplained = false } = {}): AbuseNotice {
  const { url: urls, ...read } = readFields({
    url: () => readUrls(written.urls),
    category: () => {
      if (!written.category) throw refuse('no-category')
      return written.category
    },
    explanation: () => {
      const explanation = readText(written.explanation, EXPLANATION)
      if (isExplained && explanation === '') throw refuse('no-explanation')
      return explanation
    },
    email: () => {
      const email = written.email?.trim() || undefined
      if (email && !isMailbox(email)) throw refuse('email-invalid')
      return email
    },
  })
  return { ...written, ...read, urls }
}

function readUrls(written: readonly string[]): string[] {
  const urls = written.map((url) => url.trim()).filter(Boolean)
  if (urls.length === 0) throw refuse('no-address')
  if (urls.length > MOST_URLS) throw refuse('too-many-addresses', { most: MOST_URLS })
  return urls
}

import { randomInt } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Rates } from '../../platform/limits/rates.ts'
import { isMailbox } from '../../platform/mail/mailbox.ts'
import type { AbuseNotice } from '../../platform/moderation/desk.ts'
import type { AuditTrail } from '../../platform/audit-trail/audit-trail.ts'
import type { Contents, ContentRef } from './contents.ts'
import { openItem, weigh } from './items.ts'
import type { ModerationEmails } from './emails.ts'
import { refuse } from './refusals.ts'
import type { DeskTables } from './tables.ts'
import { weightOf } from './urgency.ts'

/** Reports that one network may make. */
const RATES = [
  { acts: 10, seconds: 3600 },
  { acts: 40, seconds: 24 * 3600 },
]

/** Characters of the longest explanation, and contents of one notice. */
const LONGEST = 4000
const MOST_URLS = 20

/** Letters and digits without look-alikes: a reference is read out on the telephone. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

interface ReportsNeeds {
  db: Kysely<DeskTables>
  contents: Contents
  rates: Rates
  auditTrail: AuditTrail
  emails: ModerationEmails
}

/** Takes what people report, and what authors say against a decision. */
export class Reports {
  readonly #needs: ReportsNeeds

  constructor(needs: ReportsNeeds) {
    this.#needs = needs
  }

  /**
   * Takes a report. Each is kept and answered; the same network counts once for a content. What is removed already is not
   * reported again.
   *
   * @throws Refusal `no-address`, `too-many-addresses`, `foreign-content`, `no-content`, `already-removed`, `email-odd`,
   * `too-many-reports`
   */
  async take(notice: AbuseNotice): Promise<{ reference: string }> {
    const seen = await this.#see(notice)
    const there = seen.filter((one) => one.seen?.standing === 'shown' || one.seen?.standing === 'hidden')
    if (there.length === 0) throw refuse('already-removed')
    return this.#keep(there, notice, false)
  }

  /**
   * Takes what somebody says against a decision: of the author, as far as we are told.
   *
   * @throws Refusal `not-removed` when there is nothing to say it against, `no-explanation`, and those of a report
   */
  async takeAppeal(notice: Omit<AbuseNotice, 'category'>): Promise<{ reference: string }> {
    if (notice.explanation.trim() === '') throw refuse('no-explanation')
    const seen = await this.#see(notice)
    const down = seen.filter((one) => one.seen?.standing === 'removed' || one.seen?.standing === 'hidden')
    if (down.length === 0) throw refuse('not-removed')
    return this.#keep(down, { ...notice, category: 'other' }, true)
  }

  /** The contents that are meant; what cannot be read does not count against the rate. */
  async #see({ urls, email, from }: Pick<AbuseNotice, 'urls' | 'email' | 'from'>) {
    const { contents, rates } = this.#needs
    if (email && !isMailbox(email)) throw refuse('email-odd')
    const written = urls.map((url) => url.trim()).filter(Boolean)
    if (written.length === 0) throw refuse('no-address')
    if (written.length > MOST_URLS) throw refuse('too-many-addresses', { most: MOST_URLS })
    const retryAfter = await rates.take('desk.report', from.address, RATES)
    if (retryAfter) throw refuse('too-many-reports', { retryAfter, minutes: Math.ceil(retryAfter / 60) })
    const places = await Promise.all(written.map((url) => contents.find(url)))
    // In one order, so that two notices about the same contents wait for one another and not in a circle.
    const named = new Map(places.map((place) => [`${place.service}/${place.content}`, place]))
    return contents.seeAll([...named].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, place]) => place))
  }

  async #keep(places: readonly ContentRef[], notice: AbuseNotice, isAppeal: boolean): Promise<{ reference: string }> {
    const { db, auditTrail, emails } = this.#needs
    const reference = Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
    const { category, email, sealedKey, language, from } = notice
    const explanation = notice.explanation.trim().slice(0, LONGEST)
    const network = auditTrail.networkHash(from)
    await db.transaction().execute(async (transaction) => {
      for (const place of places) {
        const item = await openItem(transaction, place, category)
        await sql`
          insert into desk.report (item, reference, is_appeal, category, weight, explanation, email, language, sealed_key, network, is_counted)
          select ${item}, ${reference}, ${isAppeal}, ${category}, ${weightOf(category, isAppeal)}, ${explanation}, ${email || null}, ${language},
            ${sealedKey ?? null}, ${network},
            not exists (select from desk.report where item = ${item} and network = ${network} and is_appeal = ${isAppeal} and settled_at is null)
        `.execute(transaction)
        await weigh(transaction, [item])
      }
      if (email) await emails.acknowledge(transaction, { to: email, language, reference, isAppeal })
    })
    return { reference }
  }
}

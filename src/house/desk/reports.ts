import { randomInt } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Addresses } from '../../platform/addresses.ts'
import type { Rates } from '../../platform/limits/rates.ts'
import { isMailbox } from '../../platform/mail/mailbox.ts'
import type { Notice } from '../../platform/moderation/desk.ts'
import type { Category } from '../../platform/moderation/categories.ts'
import type { Traces } from '../../platform/traces/traces.ts'
import type { Contents, Place } from './contents.ts'
import type { Letters } from './letters.ts'
import { refuse } from './refusals.ts'
import type { DeskTables } from './tables.ts'
import { FURTHER, weightOf } from './urgency.ts'

/** Reports that one network may make. */
const RATES = [
  { acts: 10, seconds: 3600 },
  { acts: 40, seconds: 24 * 3600 },
]

/** Characters of the longest explanation, and contents of one notice. */
export const LONGEST = 4000
export const MOST_URLS = 20

/** Letters and digits without look-alikes: a reference is read out on the telephone. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

interface ReportsNeeds {
  db: Kysely<DeskTables>
  contents: Contents
  rates: Rates
  traces: Traces
  letters: Letters
  addresses: Addresses
}

/** Takes what people report, and what authors say against a decision. */
export class Reports {
  readonly #needs: ReportsNeeds

  constructor(needs: ReportsNeeds) {
    this.#needs = needs
  }

  /**
   * Takes a report. The same network counts once for a content; what is removed already is not reported again.
   *
   * @throws Refusal `no-address`, `foreign-content`, `no-content`, `already-removed`, `email-odd`, `too-many-reports`
   */
  async take(notice: Notice): Promise<{ reference: string }> {
    const places = await this.#places(notice)
    const seen = await this.#needs.contents.seeAll(places)
    const there = seen.filter((one) => one.seen && (one.seen.standing === 'shown' || one.seen.standing === 'hidden'))
    if (there.length === 0) throw refuse('already-removed')
    return this.#keep(there, notice, false)
  }

  /**
   * Takes what somebody says against a decision: of the author, as far as we are told.
   *
   * @throws Refusal `not-removed` when there is nothing to say it against, `no-explanation`, and those of a report
   */
  async takeAppeal(notice: Omit<Notice, 'category'>): Promise<{ reference: string }> {
    if (notice.explanation.trim() === '') throw refuse('no-explanation')
    const places = await this.#places(notice)
    const seen = await this.#needs.contents.seeAll(places)
    const down = seen.filter((one) => one.seen?.standing === 'removed' || one.seen?.standing === 'hidden')
    if (down.length === 0) throw refuse('not-removed')
    return this.#keep(down, { ...notice, category: 'other' }, true)
  }

  async #places({ urls, email, from }: Pick<Notice, 'urls' | 'email' | 'from'>): Promise<Place[]> {
    if (email && !isMailbox(email)) throw refuse('email-odd')
    const retryAfter = await this.#needs.rates.take('desk.report', from.address, RATES)
    if (retryAfter) throw refuse('too-many-reports', { retryAfter, minutes: Math.ceil(retryAfter / 60) })
    const written = urls.map((url) => url.trim()).filter(Boolean)
    if (written.length === 0) throw refuse('no-address')
    const places = await Promise.all(written.slice(0, MOST_URLS).map((url) => this.#needs.contents.find(url)))
    return [...new Map(places.map((place) => [`${place.service}/${place.content}`, place])).values()]
  }

  async #keep(places: Place[], notice: Notice, isAppeal: boolean): Promise<{ reference: string }> {
    const { db, traces, letters } = this.#needs
    const reference = Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
    const { category, explanation, email, sealedKey, language, from } = notice
    await db.transaction().execute(async (transaction) => {
      for (const place of places) {
        const item = await openItem(transaction, place, category)
        await transaction
          .insertInto('report')
          .values({
            item,
            reference,
            is_appeal: isAppeal,
            category,
            weight: weightOf(category, isAppeal),
            explanation: explanation.trim().slice(0, LONGEST),
            email: email || null,
            language,
            sealed_key: sealedKey ?? null,
            network: traces.nameOfNetwork(from),
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute()
        await weigh(transaction, item)
      }
      if (email) await letters.acknowledge(transaction, { to: email, language, reference })
    })
    return { reference }
  }
}

/** The item of a content, locked; made when there is none. */
export async function openItem(db: Kysely<DeskTables>, { service, content }: Place, category: Category): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into desk.item (service, content, category) values (${service}, ${content}, ${category})
    on conflict (service, content) do update set
      is_open = true, is_set_aside = item.is_set_aside and item.is_open,
      opened_at = case when item.is_open then item.opened_at else now() end
    returning id`.execute(db)
  const [item] = rows
  if (!item) throw new Error('an item has no number')
  return item.id
}

/** Counts what is said of a content that nobody has settled. */
async function weigh(db: Kysely<DeskTables>, item: number): Promise<void> {
  await sql`
    update desk.item set reports = said.reports, is_appealed = said.is_appealed, category = coalesce(said.category, item.category), is_set_aside = item.is_set_aside and not said.is_appealed,
      urgency = said.weight + ${FURTHER.weight} * least(greatest(said.reports - 1, 0), ${FURTHER.most})
    from (
      select count(*) filter (where not is_appeal) as reports, coalesce(bool_or(is_appeal), false) as is_appealed, coalesce(max(weight), 0) as weight,
        (array_agg(category order by weight desc) filter (where not is_appeal))[1] as category
      from desk.report where item = ${item} and settled_at is null
    ) as said where id = ${item}`.execute(db)
}

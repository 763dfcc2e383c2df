import type { Kysely } from 'kysely'
import type { OrganisationProfile } from '../../../platform/organisation-profile.ts'
import { draftGaps } from '../../../platform/figures/coherence.ts'
import type { AllSeries } from '../../../platform/figures/figure.ts'
import type { Figures, ImportOptions, ImportResult } from '../../../platform/figures/figures.ts'
import { isGapKind, isGrave, type Gap } from '../../../platform/figures/gap.ts'
import type { Arrangement } from '../../../platform/figures/history.ts'
import type { Jobs } from '../../../platform/jobs/jobs.ts'
import type { Language } from '../../../platform/language/languages.ts'
import { contentOf, type Content } from '../editions/content.ts'
import type { Editions } from '../editions/editions.ts'
import { refuse } from '../refusals.ts'
import type { ReportState, ReportTables } from '../tables.ts'
import { words } from '../words.ts'
import { hasClash, mergeTexts, type Merged } from './merge.ts'
import { movedOn, type Beginning } from './next-year.ts'
import { claimGaps } from './claims.ts'
import { skeletonOf } from './skeleton.ts'

/** A report being written. */
export interface Report {
  year: number
  language: Language
  title: string
  body: string
  state: ReportState
  revision: number
  approvedBy: string | null
  changedAt: Temporal.Instant
}

/** A change of a report, with the revision that it is based on. */
export interface ReportChange {
  title: string
  body: string
  base: number
}

/** A gap, with the reason why it is accepted, if any. */
export interface JudgedGap extends Gap {
  reason?: string
}

interface ReportNeeds {
  db: Kysely<ReportTables>
  figures: Figures
  editions: Editions
  jobs: Jobs
  association: OrganisationProfile
}

/** Reports: begun from the last one, written by several authors, reviewed, approved by the council, published. */
export class Reports {
  readonly #db: Kysely<ReportTables>
  readonly #figures: Figures
  readonly #editions: Editions
  readonly #jobs: Jobs
  readonly #association: OrganisationProfile

  constructor({ db, figures, editions, jobs, association }: ReportNeeds) {
    this.#db = db
    this.#figures = figures
    this.#editions = editions
    this.#jobs = jobs
    this.#association = association
  }

  /** Returns the reports without their texts, the latest first. */
  list(): Promise<Omit<Report, 'body'>[]> {
    return this.#db
      .selectFrom('report')
      .select([
        'year',
        'language',
        'title',
        'state',
        'revision',
        'approved_by as approvedBy',
        'changed_at as changedAt',
      ])
      .orderBy('year', 'desc')
      .execute()
  }

  async #isThere(year: number): Promise<boolean> {
    return (
      (await this.#db.selectFrom('report').select('year').where('year', '=', year).executeTakeFirst()) !== undefined
    )
  }

  /** @throws Refusal `unknown` */
  async find(year: number): Promise<Report> {
    const row = await this.#db.selectFrom('report').selectAll().where('year', '=', year).executeTakeFirst()
    if (!row) throw refuse('unknown')
    return reportOf(row)
  }

  /**
   * Begins the report of a year: from the last one before it, with all references and tables moved; else with an empty
   * text.
   *
   * @throws Refusal `begun` when it exists
   */
  async begin(year: number, language: Language, by: string): Promise<Report> {
    const { title, body, tables } = await this.#beginningFor(year, language)
    const report = await this.#db.transaction().execute(async (db) => {
      const row = await db
        .insertInto('report')
        .values({ year, language, title, body, state: 'draft' })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst()
      if (!row) throw refuse('begun', { year })
      await keepVersion(db, reportOf(row), by)
      await keepReasons(db, year)
      return reportOf(row)
    })
    if ((await this.#figures.arrangements.of(year)).length === 0)
      await this.#figures.arrangements.put(year, tables, { isPublished: false })
    return report
  }

  async #beginningFor(year: number, language: Language): Promise<Beginning> {
    const before = await this.#db
      .selectFrom('report')
      .selectAll()
      .where('year', '<', year)
      .where('language', '=', language)
      .orderBy('year', 'desc')
      .executeTakeFirst()
    const own = await this.#figures.arrangements.of(year)
    const say = words.in(language)
    const title = say('document.title', { year })
    if (!before) return { title, body: own.length > 0 ? skeletonOf(own, language) : say('document.blank'), tables: own }
    const { body, ...tables } = movedOn(
      { ...before, tables: await this.#figures.arrangements.of(before.year) },
      year - before.year,
    )
    return { ...tables, body }
  }

  /**
   * Replaces the text of a report. A concurrent change is merged paragraph by paragraph; conflicting paragraphs are
   * both kept, with markers, for an author to choose.
   *
   * @throws Refusal `unknown`
   */
  async write(
    year: number,
    { title, body: sent, base }: ReportChange,
    by: string,
  ): Promise<Merged & { revision: number }> {
    const body = sent.replaceAll('\r\n', '\n')
    return this.#db.transaction().execute(async (db) => {
      const row = await db.selectFrom('report').selectAll().where('year', '=', year).forUpdate().executeTakeFirst()
      if (!row) throw refuse('unknown')
      const merged =
        row.revision === base ? { text: body, clashes: [] } : await this.#merge(db, row, { title, body, base })
      if (merged.text === row.body && title === row.title) return { ...merged, revision: row.revision }
      const report = { ...reportOf(row), title, body: merged.text, revision: row.revision + 1 }
      await db
        .updateTable('report')
        .set({
          title,
          body: merged.text,
          revision: report.revision,
          state: stateAfterChange(row.state),
          approved_by: null,
          changed_at: Temporal.Now.instant().toString(),
        })
        .where('year', '=', year)
        .execute()
      await keepVersion(db, report, by)
      return { ...merged, revision: report.revision }
    })
  }

  async #merge(
    db: Kysely<ReportTables>,
    now: { year: number; body: string },
    { body, base }: ReportChange,
  ): Promise<Merged> {
    const version = await db
      .selectFrom('version')
      .select('body')
      .where('report', '=', now.year)
      .where('revision', '=', base)
      .executeTakeFirst()
    return mergeTexts(version?.body ?? '', now.body, body)
  }

  /** Returns every version of a report without its text, the latest first. */
  versions(
    year: number,
  ): Promise<{ revision: number; title: string; writtenBy: string; writtenAt: Temporal.Instant }[]> {
    return this.#db
      .selectFrom('version')
      .select(['revision', 'title', 'written_by as writtenBy', 'written_at as writtenAt'])
      .where('report', '=', year)
      .orderBy('revision', 'desc')
      .execute()
  }

  /** @throws Refusal `unknown` */
  async version(year: number, revision: number): Promise<{ title: string; body: string }> {
    const row = await this.#db
      .selectFrom('version')
      .select(['title', 'body'])
      .where('report', '=', year)
      .where('revision', '=', revision)
      .executeTakeFirst()
    if (!row) throw refuse('unknown')
    return row
  }

  /** Restores an earlier version as a new one. */
  async restore(year: number, revision: number, by: string): Promise<void> {
    const { revision: base } = await this.find(year)
    await this.write(year, { ...(await this.version(year, revision)), base }, by)
  }

  /** Returns the report as it would be published now, with its gaps; reasons of vanished gaps are left out. */
  async draft(report: Report): Promise<{ content: Content; gaps: JudgedGap[] }> {
    const { year, language, title, body } = report
    const { series, tables, accepted: all } = await this.#current(year)
    const gaps = judge({ body, tables, series, accepted: all })
    const accepted = gaps.flatMap(({ where, what, reason }) => (reason === undefined ? [] : [{ where, what, reason }]))
    return {
      content: contentOf({ year, language, title, body, author: this.#association.name, tables, accepted }, series),
      gaps,
    }
  }

  /** Returns the contradictions and open points of a report today, grave ones first. */
  async gaps({ year, body }: Pick<Report, 'year' | 'body'>): Promise<JudgedGap[]> {
    return judge({ body, ...(await this.#current(year)) })
  }

  /** Returns the parts of a report besides its text. */
  async #current(year: number): Promise<Omit<Judged, 'body'>> {
    const [series, tables, accepted] = await Promise.all([
      this.#figures.series({ withPrivate: true }),
      this.#figures.arrangements.of(year),
      this.#acceptedGaps(year),
    ])
    return { series, tables, accepted }
  }

  async #acceptedGaps(year: number): Promise<Content['accepted']> {
    const rows = await this.#db
      .selectFrom('accepted_gap')
      .select(['place', 'what', 'reason'])
      .where('report', '=', year)
      .orderBy('accepted_at')
      .execute()
    return rows.flatMap(({ place, what, reason }) => (isGapKind(what) ? [{ where: place, what, reason }] : []))
  }

  /** Accepts a gap, with a reason that is printed in the report. */
  async accept(year: number, { where, what }: Pick<Gap, 'where' | 'what'>, reason: string, by: string): Promise<void> {
    await this.find(year)
    const row = { reason, accepted_by: by }
    await this.#db
      .insertInto('accepted_gap')
      .values({ report: year, place: where, what, ...row })
      .onConflict((conflict) => conflict.columns(['report', 'place', 'what']).doUpdateSet(row))
      .execute()
  }

  /**
   * Moves a report to its next state, or back to its authors.
   *
   * @throws Refusal `not-now` when the step does not start from its state, `clash` when a conflict is unresolved
   */
  async step(year: number, to: 'review' | 'approved' | 'draft', by: string): Promise<void> {
    const { state, body } = await this.find(year)
    const from: readonly ReportState[] =
      to === 'review' ? ['draft'] : to === 'approved' ? ['review'] : ['review', 'approved']
    if (!from.includes(state)) throw refuse('not-now')
    if (to !== 'draft' && hasClash(body)) throw refuse('clash')
    await this.#db
      .updateTable('report')
      .set({ state: to, approved_by: to === 'approved' ? by : null })
      .where('year', '=', year)
      .where('state', '=', state)
      .execute()
  }

  /**
   * Publishes an approved report: its text, tables and current figures become an edition that never changes.
   *
   * @returns the number of the edition
   * @throws Refusal `not-now` when it is not approved, `open-gaps` when a grave gap has no reason
   */
  async publish(year: number, by: string): Promise<number> {
    const report = await this.find(year)
    if (report.state !== 'approved') throw refuse('not-now')
    const { content, gaps } = await this.draft(report)
    const open = gaps.filter((gap) => isGrave(gap) && gap.reason === undefined)
    if (open.length > 0)
      throw refuse('open-gaps', { count: open.length, places: open.map(({ where }) => where).join(', ') })
    const number = await this.#db.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('report')
        .set({ state: 'published' })
        .where('year', '=', year)
        .where('revision', '=', report.revision)
        .where('state', '=', 'approved')
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 0n ? undefined : this.#publishNow(db, content, by)
    })
    if (number === undefined) throw refuse('not-now')
    await this.#figures.arrangements.publish(year)
    return number
  }

  async #publishNow(db: Kysely<ReportTables>, content: Content, by: string): Promise<number> {
    const number = await this.#editions.publish(db, content, by)
    await this.#jobs.enqueue(db, 'report.keep-files', { year: content.year, number })
    return number
  }

  /**
   * Imports the figures and tables of a printed report, and publishes it as printed unless the report of that year
   * exists.
   *
   * @throws HistoryError, HistoryConflict
   */
  async import(file: unknown, by: string, options: ImportOptions = {}): Promise<ImportResult> {
    const result = await this.#figures.import(file, options)
    if (options.dryRun) return result
    const { year } = result
    if (await this.#isThere(year)) return result
    const tables = await this.#figures.arrangements.of(year)
    const language = 'fr'
    const report = {
      year,
      language,
      title: words.in(language)('document.title', { year }),
      body: skeletonOf(tables, language),
    } as const
    const content = contentOf(
      { ...report, author: this.#association.name, tables, accepted: [] },
      await this.#figures.series({ withPrivate: true }),
    )
    await this.#db.transaction().execute(async (db) => {
      const made = await db
        .insertInto('report')
        .values({ ...report, state: 'published' })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst()
      if (!made) return
      await keepVersion(db, reportOf(made), by)
      await this.#publishNow(db, content, by)
    })
    return result
  }
}

/**
 * The inputs of the search for gaps: the text of a report, its tables, and all figures, of which it checks the public
 * ones.
 */
interface Judged {
  body: string
  tables: Arrangement[]
  series: AllSeries
  accepted: Content['accepted']
}

function judge({ body, tables, series, accepted }: Judged): JudgedGap[] {
  const shown = new Map([...series].filter(([, { isPublic }]) => isPublic))
  const judged = [...draftGaps(tables, shown), ...claimGaps(body, shown)].map((gap): JudgedGap => {
    const reason = accepted.find(({ where, what }) => where === gap.where && what === gap.what)?.reason
    return reason === undefined ? gap : { ...gap, reason }
  })
  return judged.toSorted((a, b) => Number(isGrave(b)) - Number(isGrave(a)))
}

/**
 * A change of an approved report requires a new approval; a change of a published one begins the draft of another
 * edition.
 */
function stateAfterChange(state: ReportState): ReportState {
  return state === 'approved' ? 'review' : state === 'published' ? 'draft' : state
}

interface ReportRow extends Omit<Report, 'approvedBy' | 'changedAt'> {
  approved_by: string | null
  changed_at: Temporal.Instant
}

function reportOf({
  year,
  language,
  title,
  body,
  state,
  revision,
  approved_by: approvedBy,
  changed_at: changedAt,
}: ReportRow): Report {
  return { year, language, title, body, state, revision, approvedBy, changedAt }
}

/** Copies the reasons of the previous report: a gap of a year in both has the same one. */
async function keepReasons(db: Kysely<ReportTables>, year: number): Promise<void> {
  await db
    .insertInto('accepted_gap')
    .columns(['report', 'place', 'what', 'reason', 'accepted_by'])
    .expression((gap) =>
      gap
        .selectFrom('accepted_gap')
        .select([gap.val(year).as('report'), 'place', 'what', 'reason', 'accepted_by'])
        .where('report', '=', (last) =>
          last
            .selectFrom('accepted_gap')
            .select((all) => all.fn.max('report').as('report'))
            .where('report', '<', year),
        ),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function keepVersion(
  db: Kysely<ReportTables>,
  { year, revision, title, body }: Report,
  by: string,
): Promise<void> {
  await db.insertInto('version').values({ report: year, revision, title, body, written_by: by }).execute()
}

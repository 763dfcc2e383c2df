import type { Kysely } from 'kysely'
import type { Arrangement } from './history.ts'
import type { ArrangementTable, FiguresTables } from './tables.ts'

/** The tables of each report: which series stand side by side in it, at which dates, and what was printed of them. */
export class Arrangements {
  readonly #db: Kysely<FiguresTables>

  constructor(db: Kysely<FiguresTables>) {
    this.#db = db
  }

  /** Those of a report, in its order; of the latest published one when no year is named. */
  async of(report?: number): Promise<Arrangement[]> {
    const rows = await this.#db
      .selectFrom('arrangement')
      .selectAll()
      .where('report', '=', (arrangement) =>
        report === undefined
          ? arrangement
              .selectFrom('arrangement')
              .select((all) => all.fn.max('report').as('report'))
              .where('published', '=', true)
          : arrangement.val(report),
      )
      .orderBy('position')
      .execute()
    return rows.map((row) => ({
      id: row.id,
      section: { fr: row.section_fr, en: row.section_en },
      title: { fr: row.title_fr, en: row.title_en },
      columns: row.columns,
      rows: row.rows,
    }))
  }

  /** Puts the tables of a report in the place of those that it had. */
  async put(report: number, tables: Arrangement[], { isPublished }: { isPublished: boolean }): Promise<void> {
    await this.#db.deleteFrom('arrangement').where('report', '=', report).execute()
    const rows = tables.map((table, position): ArrangementTable['insert'] => ({
      id: table.id,
      report,
      position,
      section_fr: table.section.fr,
      section_en: table.section.en,
      title_fr: table.title.fr,
      title_en: table.title.en,
      columns: JSON.stringify(table.columns),
      rows: JSON.stringify(table.rows),
      published: isPublished,
    }))
    if (rows.length > 0) await this.#db.insertInto('arrangement').values(rows).execute()
  }

  /** Shows the tables of a report to everyone, once the report is published. */
  async publish(report: number): Promise<void> {
    await this.#db.updateTable('arrangement').set({ published: true }).where('report', '=', report).execute()
  }
}

import { Type } from 'typebox'
import { acceptedRows } from '../../../platform/imports/accepted-rows.ts'
import { column, nullable } from '../../../platform/imports/columns.ts'
import { CSV_TABLE } from '../../../platform/imports/csv-file.ts'
import type { ImportManner } from '../../../platform/imports/importer.ts'
import type { Source } from '../../../platform/imports/source.ts'
import { slugIn } from '../slugs.ts'
import { readTitle } from '../titles.ts'
import { readMoment } from './moments.ts'
import { takeOver, type TakeoverNeeds } from './takeover.ts'

/**
 * A row of the export of Shlink's web client (https://github.com/shlinkio/shlink-web-component, `ExportShortUrlsBtn`).
 */
const ShlinkRow = Type.Object({
  shortUrl: column.text,
  /** Absent in older versions: it is the end of the short address. */
  shortCode: Type.Optional(nullable(column.text)),
  longUrl: column.text,
  title: Type.Optional(nullable(column.text)),
  /** `fete|port` */
  tags: Type.Optional(nullable(column.text)),
  visits: Type.Optional(nullable(column.integer)),
  createdAt: Type.Optional(nullable(column.moment)),
})

/**
 * Imports the links of Shlink from the table that its web client exports.
 *
 * @throws SourceError when the source is no such table, or is unreadable
 */
export async function importShlink(
  platform: TakeoverNeeds,
  source: Source,
  manner: Omit<ImportManner, 'options'>,
): Promise<void> {
  await takeOver(platform, 'shlink', manner, async (takeover) => {
    for await (const row of acceptedRows(source, CSV_TABLE, ShlinkRow, ({ where, why }) => manner.report.tell('unreadable', `${where}: ${why}`)))
      await takeover.take({
        slug: row.shortCode ?? slugIn(row.shortUrl),
        url: row.longUrl,
        title: readTitle(row.title),
        tags: row.tags?.split('|') ?? [],
        clicks: Math.max(0, Number(row.visits ?? 0)),
        createdAt: row.createdAt ? readMoment(row.createdAt) : null,
        endsAt: null,
        isDisabled: false,
      }) // prettier-ignore
    await takeover.flush()
  })
}

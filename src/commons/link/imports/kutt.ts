import { Type } from 'typebox'
import { acceptedRows } from '../../../platform/imports/accepted-rows.ts'
import { column, isTrue, nullable } from '../../../platform/imports/columns.ts'
import { CSV_TABLE } from '../../../platform/imports/csv-file.ts'
import type { ImportManner } from '../../../platform/imports/importer.ts'
import type { Source } from '../../../platform/imports/source.ts'
import { readTitle } from '../titles.ts'
import { readEnd, readMoment } from './moments.ts'
import { takeOver, type TakeoverNeeds } from './takeover.ts'

/**
 * Kutt's table of links (https://github.com/thedevs-network/kutt, `server/models/link.model.js`), without their
 * owners.
 */
const KuttRow = Type.Object({
  address: column.text,
  target: column.text,
  description: Type.Optional(nullable(column.text)),
  visit_count: Type.Optional(nullable(column.integer)),
  created_at: Type.Optional(nullable(column.moment)),
  expire_in: Type.Optional(nullable(column.moment)),
  banned: Type.Optional(nullable(column.flag)),
  /** A hash that only Kutt can check. */
  password: Type.Optional(nullable(column.text)),
})

/**
 * Imports the links of Kutt from its database, or from its table of links as CSV.
 *
 * @throws SourceError when the source has no such table, or is unreadable
 */
export async function importKutt(
  platform: TakeoverNeeds,
  source: Source,
  manner: Omit<ImportManner, 'options'>,
): Promise<void> {
  const { report } = manner
  const table = source.tables.has(CSV_TABLE) ? CSV_TABLE : 'links'
  await takeOver(platform, 'import', manner, async (takeover) => {
    for await (const row of acceptedRows(source, table, KuttRow, ({ where, why }) =>
      report.tell('unreadable', `${where}: ${why}`),
    )) {
      // Without its password it would be open to everyone.
      if (row.password) report.tell('ask for a password, which stays there: make them anew', row.address)
      else
        await takeover.take({
          slug: row.address,
          url: row.target,
          title: readTitle(row.description),
          tags: [],
          clicks: Math.max(0, Number(row.visit_count ?? 0)),
          createdAt: row.created_at ? readMoment(row.created_at) : null,
          endsAt: row.expire_in ? readEnd(row.expire_in) : null,
          isDisabled: row.banned != null && isTrue(row.banned),
        }) // prettier-ignore
    }
    await takeover.flush()
  })
}

import { Type } from 'typebox'
import { acceptedRows } from '../../../platform/imports/accepted-rows.ts'
import { column, isTrue, nullable } from '../../../platform/imports/columns.ts'
import type { ImportManner } from '../../../platform/imports/importer.ts'
import type { Source } from '../../../platform/imports/source.ts'
import { readSeconds } from './moments.ts'
import { takeOver, type TakeoverNeeds } from './takeover.ts'

/** The table of Lstu (https://framagit.org/fiat-tux/hat-softwares/lstu, `utilities/migrations`), without creators. */
const LstuRow = Type.Object({
  short: column.text,
  /** Null: a slug reserved for the next link. */
  url: nullable(column.text),
  counter: nullable(column.integer),
  /** In seconds since 1970. */
  timestamp: nullable(column.integer),
  /** Absent in older versions. */
  disabled: Type.Optional(nullable(column.flag)),
})

/**
 * Imports the links of Lstu. The addresses of their creators are never read.
 *
 * @throws SourceError when the source has no table of Lstu, or is unreadable
 */
export async function importLstu(
  platform: TakeoverNeeds,
  source: Source,
  manner: Omit<ImportManner, 'options'>,
): Promise<void> {
  const { report } = manner
  await takeOver(platform, 'lstu', manner, async (takeover) => {
    for await (const row of acceptedRows(source, 'lstu', LstuRow, ({ where, why }) =>
      report.tell('unreadable', `${where}: ${why}`),
    )) {
      const { short: slug, url, counter, timestamp, disabled } = row
      if (url === null) report.count('names in reserve, without a link')
      else
        await takeover.take({
          slug,
          url,
          title: null,
          tags: [],
          clicks: Math.max(0, Number(counter)),
          createdAt: readSeconds(timestamp),
          endsAt: null,
          isDisabled: disabled != null && isTrue(disabled),
        }) // prettier-ignore
    }
    await takeover.flush()
  })
}

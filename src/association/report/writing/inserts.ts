import { datesOf } from '../../../platform/figures/arranged.ts'
import { formatDate } from '../../../platform/figures/dates.ts'
import type { Reader } from '../../../platform/language/reader.ts'
import type { Content } from '../editions/content.ts'
import { words } from '../words.ts'

/** Something to insert into a text: its label, and the inserted reference. */
export interface Insert {
  label: string
  text: string
}

/** Returns everything that a report can insert: its tables, their drawings, and each figure at its latest dates. */
export function insertsFor({ tables, series }: Content, reader: Reader, today: Temporal.PlainDate): Insert[] {
  const say = reader.say(words)
  const blocks = tables.flatMap((table): Insert[] => [
    { label: say('insert.table', { title: table.title[reader.language] }), text: `{{table ${table.id}}}` },
    ...(datesOf(table).length > 1
      ? [{ label: say('insert.drawing', { title: table.title[reader.language] }), text: `{{drawing ${table.id}}}` }]
      : []),
  ])
  const figures = series.flatMap(({ id, label, points }): Insert[] => {
    const dates = points.filter(({ value, date }) => value !== null && date <= today.toString()).map(({ date }) => date)
    const [last, before] = [dates.at(-1), dates.at(-2)]
    if (!last) return []
    const name = label[reader.language]
    return [
      { label: say('insert.value', { name, date: formatDate(last, reader) }), text: `{{${id}@${last}}}` },
      ...(before
        ? [
            {
              label: say('insert.evolution', { name, date: formatDate(last, reader) }),
              text: `{{${id}@${before}..${last}}}`,
            },
          ]
        : []),
    ]
  })
  return [...blocks, ...figures]
}

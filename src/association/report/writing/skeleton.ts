import { datesOf } from '../../../platform/figures/arranged.ts'
import type { Arrangement } from '../../../platform/figures/history.ts'
import type { Language } from '../../../platform/language/languages.ts'

/** Returns a text with all tables and drawings of a report, section by section, for an imported report. */
export function skeletonOf(tables: Arrangement[], language: Language): string {
  const sections = Map.groupBy(tables, ({ section }) => section[language])
  const parts = [...sections].flatMap(([section, group]) => [
    `# ${escaped(section)}`,
    ...group.flatMap((table) => [
      ...(table.title[language] === section ? [] : [`## ${escaped(table.title[language])}`]),
      `{{table ${table.id}}}`,
      ...(datesOf(table).length > 1 ? [`{{drawing ${table.id}}}`] : []),
    ]),
  ])
  return `${parts.join('\n\n')}\n`
}

/** Escapes Markdown. */
function escaped(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_{}[\]<>#|!]/g, '\\$&') // prettier-ignore
}

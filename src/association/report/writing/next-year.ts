import type { Arrangement, Column } from '../../../platform/figures/history.ts'
import { moveReferences } from '../references.ts'

/** A report as another one begins from it. */
export interface Beginning {
  title: string
  body: string
  tables: Arrangement[]
}

/** The report of a year as the beginning of another one: all its references and tables moved on, and not a word changed. */
export function movedOn({ title, body, tables }: Beginning, years: number): Beginning {
  return {
    title: moveYears(title, years),
    body: moveReferences(body, years),
    tables: tables.map((table) => moveTable(table, years)),
  }
}

/** A table over the same series some years later; nothing is printed in it yet. */
function moveTable({ columns, rows, ...table }: Arrangement, years: number): Arrangement {
  return {
    ...table,
    columns: columns.map((column) => moveColumn(column, years)),
    rows: rows.map((row) => ({ ...row, printed: [] })),
  }
}

function moveColumn(column: Column, years: number): Column {
  const heading = moveYears(column.heading, years)
  return column.kind === 'date'
    ? { ...column, heading, date: moveYears(column.date, years) }
    : { ...column, heading, from: moveYears(column.from, years), to: moveYears(column.to, years) }
}

/** `Mars 2024` is `Mars 2025` a year later. */
function moveYears(text: string, years: number): string {
  return text.replaceAll(/(?<!\d)(?:19|20|21)\d{2}(?!\d)/g, (year) => String(Number(year) + years))
}

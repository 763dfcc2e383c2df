import type { Arrangement, Column } from '../../../platform/figures/history.ts'
import { moveReferences } from '../references.ts'

/** A report as the base of another one. */
export interface Beginning {
  title: string
  body: string
  tables: Arrangement[]
}

/** Moves all references and tables of a report by some years; its words stay the same. */
export function movedOn({ title, body, tables }: Beginning, years: number): Beginning {
  return {
    title: moveYears(title, years),
    body: moveReferences(body, years),
    tables: tables.map((table) => moveTable(table, years)),
  }
}

/** Moves a table to the same series some years later, without printed values. */
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

/** Moves years in a text: `Mars 2024` becomes `Mars 2025`. */
function moveYears(text: string, years: number): string {
  return text.replaceAll(/(?<!\d)(?:19|20|21)\d{2}(?!\d)/g, (year) => String(Number(year) + years))
}

import { stringify } from 'csv-stringify/sync'
import { OdsDocument, type OdsCellValue } from 'odf-kit'
import { readNumber } from '../figures/numbers.ts'
import type { Cell, TableBlock } from './document.ts'

/** A table as CSV (RFC 4180), each cell as it is read; no cell can become a formula. */
export function toCsv({ labels, head, rows }: Pick<TableBlock, 'labels' | 'head' | 'rows'>): string {
  const lines = rows.map(({ label, cells }) => [label, ...cells.map(({ text }) => text)])
  return stringify(
    [[labels, ...head], ...lines].map((line) => line.map(harmless)),
    { record_delimiter: 'windows', bom: true },
  )
}

/** What a spreadsheet would take for a formula is kept a text; `+38` and `=` (no change) are figures. */
function harmless(text: string): string {
  const isFigure = text === '=' || readNumber(text) !== undefined
  return /^[=+\-@\t\r]/.test(text) && !isFigure ? `'${text}` : text
}

/** A table as an OpenDocument sheet: figures are numbers, what is not known is an empty cell, N/C is a word. */
export async function toOds({ caption, labels, head, rows, notes }: TableBlock, author: string): Promise<Buffer> {
  const document = new OdsDocument().setMetadata({ title: caption, creator: author })
  const sheet = document.addSheet(sheetName(caption))
  sheet.setColumnWidth(0, '7cm')
  sheet.addRow([labels, ...head], { bold: true, backgroundColor: '#f1eee6' })
  for (const { label, cells } of rows) sheet.addRow([label, ...cells.map(cellOf)])
  for (const note of notes) sheet.addRow([note], { italic: true })
  return Buffer.from(await document.save())
}

/** A number where the cell is one and nothing else; a share or a note beside it makes it words. */
function cellOf({ text, value }: Cell): OdsCellValue {
  if (text === '') return null
  const isBare = value !== null && !/[(%≈=]|N\/C/.test(text)
  return isBare ? { value, type: 'float' } : text
}

/** Spreadsheets refuse some signs in the name of a sheet, and long ones. */
function sheetName(caption: string): string {
  return caption.replaceAll(/[[\]*?:/\\']/g, ' ').trim().slice(0, 31) || 'Table' // prettier-ignore
}

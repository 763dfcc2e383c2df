import type { Language } from '../language/languages.ts'

/**
 * A text with tables and drawings, as data: pages, PDF and ODT are written from this one tree, so all say the same. It
 * holds no markup of any kind; whatever a person wrote is text in it.
 */
export interface Document {
  language: Language
  title: string
  /** One line below the title. */
  subtitle?: string
  author: string
  /** A remark at the very top: « Brouillon ». */
  notice?: string
  blocks: Block[]
}

export type Block =
  | { kind: 'heading'; level: 2 | 3 | 4; text: Inline[]; id: string }
  | { kind: 'paragraph'; text: Inline[] }
  | { kind: 'list'; isOrdered: boolean; items: Block[][] }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'code'; text: string }
  | { kind: 'rule' }
  | { kind: 'note'; text: string }
  | TableBlock
  | DrawingBlock

/** A run of text that is set in one way. */
export interface Inline {
  text: string
  isStrong?: boolean
  isEmphasised?: boolean
  isCode?: boolean
  /** Address that it leads to: of the web, of a mailbox, or a place in the document. */
  link?: string
}

export interface TableBlock {
  kind: 'table'
  id: string
  caption: string
  /** What stands above each column after that of the labels. */
  head: string[]
  /** What the labels are, for those who hear the table. */
  labels: string
  rows: { id: string; label: string; cells: Cell[] }[]
  /** What the marks of cells lead to. */
  notes: string[]
}

/** One figure of a table: empty where nothing is known. */
export interface Cell {
  text: string
  /** The number behind it, for spreadsheets. */
  value: number | null
  /** Number of the note that it has, from 1. */
  mark?: number
}

export interface DrawingBlock {
  kind: 'drawing'
  id: string
  title: string
  /** Whether what stands right above bears the same title. */
  isTitledAbove?: boolean
  /** The same in words, for those who do not see it. */
  description: string
  /** What one of the functions of drawings/ drew. */
  svg: string
  /** The figures that it shows; absent where they stand right above. */
  data?: TableBlock
  /** Whom parts of it are owed to, when their licence asks for it. */
  credit?: string
}

/** The text of a run of inlines, as it is read. */
export function plainText(text: Inline[]): string {
  return text.map((part) => part.text).join('')
}

import { OdtDocument, type ParagraphBuilder } from 'odf-kit'
import { asFile } from '../drawings/svg.ts'
import { plainText, type Block, type Document, type Inline, type TableBlock } from './document.ts'
import { finishOdt } from './odt-finish.ts'

/** Letters of drawings, which the reader has: word processors know no list of several, and take the widest instead. */
const FONT = 'Liberation Sans, Arial, sans-serif'

/** Widths on a page of A4 with margins of 2 cm. */
const WIDE = 17
const LABELS = 6.2

/** Centimetres that one unit of a drawing takes. */
const SCALE = 0.0265

/** Writes a document as OpenDocument text, to be reworked by hand: headings, lists and tables are real ones. */
export async function toOdt(document: Document): Promise<Buffer> {
  const odt = new OdtDocument()
  odt.setMetadata({ title: document.title, creator: document.author })
  odt.setFooter((footer) => footer.addText(`${document.title} \u2013 `, { fontSize: 9 }).addPageNumber({ fontSize: 9 }))
  odt.addHeading(document.title, 1)
  if (document.subtitle)
    odt.addParagraph((paragraph) => void paragraph.addText(document.subtitle ?? '', { fontSize: 12, color: '#4b5763' }))
  if (document.notice) odt.addParagraph((paragraph) => void paragraph.addText(document.notice ?? '', { bold: true }))
  for (const block of document.blocks) addBlock(odt, block)
  return finishOdt(await odt.save())
}

function addBlock(odt: OdtDocument, block: Block): void {
  switch (block.kind) {
    case 'heading':
      odt.addHeading(plainText(block.text), block.level)
      return
    case 'paragraph':
      odt.addParagraph((paragraph) => addRuns(paragraph, block.text), { spaceAfter: '0.25cm' })
      return
    case 'list':
      odt.addList(
        (list) => {
          for (const item of block.items) {
            list.addItem((paragraph) =>
              addRuns(
                paragraph,
                item.flatMap((part) => (part.kind === 'paragraph' ? part.text : [])),
              ),
            )
            for (const part of item)
              if (part.kind === 'list')
                list.addNested((nested) => part.items.forEach((inner) => nested.addItem(textOf(inner))))
          }
        },
        { type: block.isOrdered ? 'numbered' : 'bullet' },
      )
      return
    case 'quote':
      for (const inner of block.blocks) {
        if (inner.kind === 'paragraph')
          odt.addParagraph((paragraph) => addRuns(paragraph, inner.text), { indentLeft: '1cm', spaceAfter: '0.25cm' })
        else addBlock(odt, inner)
      }
      return
    case 'code':
      odt.addParagraph((paragraph) => void paragraph.addText(block.text, { fontFamily: 'monospace' }))
      return
    case 'note':
      odt.addParagraph((paragraph) => void paragraph.addText(block.text, { fontSize: 9, color: '#4b5763' }))
      return
    case 'rule':
      odt.addParagraph('', { borderBottom: '0.5pt solid #d7d4cc' })
      return
    case 'table':
      addTable(odt, block)
      return
    case 'drawing': {
      const [, width = 360, height = 200] = (/viewBox="\S+ \S+ (\S+) ([^"\s]+)"/.exec(block.svg) ?? []).map(Number)
      const scale = Math.min(SCALE, WIDE / width)
      if (!block.isTitledAbove)
        odt.addParagraph((paragraph) => void paragraph.addText(block.title, { bold: true }), { spaceBefore: '0.4cm' })
      odt.addImage(Buffer.from(asFile(block.svg, FONT)), {
        width: `${(width * scale).toFixed(2)}cm`,
        height: `${(height * scale).toFixed(2)}cm`,
        mimeType: 'image/svg+xml',
        anchor: 'as-character',
        alt: block.title,
        description: block.description,
      })
      if (block.credit) odt.addParagraph((paragraph) => void paragraph.addText(block.credit ?? '', { fontSize: 8 }))
    }
  }
}

function addRuns(paragraph: ParagraphBuilder, text: Inline[]): void {
  for (const { text: words, isStrong = false, isEmphasised = false, isCode, link } of text) {
    const formatting = { bold: isStrong, italic: isEmphasised, ...(isCode && { fontFamily: 'monospace' }) }
    if (words === '\n') paragraph.addLineBreak()
    else if (link && !link.startsWith('#')) paragraph.addLink(words, link, formatting)
    else paragraph.addText(words, formatting)
  }
}

function textOf(blocks: Block[]): string {
  return blocks.map((block) => (block.kind === 'paragraph' ? plainText(block.text) : '')).join(' ')
}

function addTable(odt: OdtDocument, { caption, labels, head, rows, notes }: TableBlock): void {
  odt.addParagraph((paragraph) => void paragraph.addText(caption, { bold: true }), {
    spaceBefore: '0.4cm',
    spaceAfter: '0.1cm',
  })
  const widths = [LABELS, ...head.map(() => (WIDE - LABELS) / Math.max(1, head.length))]
  odt.addTable(
    (table) => {
      table.addRow((row) => {
        for (const text of [labels, ...head]) row.addCell(text, { bold: true, backgroundColor: '#f1eee6' })
      })
      for (const { label, cells } of rows) {
        table.addRow((row) => {
          row.addCell(label)
          for (const { text, mark } of cells)
            row.addCell((cell) => {
              cell.addText(text)
              if (mark !== undefined) cell.addText(String(mark), { superscript: true })
            })
        })
      }
    },
    { columnWidths: widths.map((width) => `${width.toFixed(2)}cm`), border: '0.5pt solid #d7d4cc' },
  )
  for (const [index, note] of notes.entries())
    odt.addParagraph((paragraph) => void paragraph.addText(`${index + 1}. ${note}`, { fontSize: 9, color: '#4b5763' }))
}

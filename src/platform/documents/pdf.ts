import { readFileSync } from 'node:fs'
import type { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import type { Palette } from '../drawings/palette.ts'
import { asFile } from '../drawings/svg.ts'
import { packageFile } from '../paths.ts'
import { plainText, type Block, type Document } from './document.ts'

/** The faces of our pages, whole and static: the PDF embeds what it uses of them. */
const FONTS = [
  'atkinson-hyperlegible-next/400Regular/AtkinsonHyperlegibleNext_400Regular.ttf',
  'atkinson-hyperlegible-next/400Regular_Italic/AtkinsonHyperlegibleNext_400Regular_Italic.ttf',
  'atkinson-hyperlegible-next/700Bold/AtkinsonHyperlegibleNext_700Bold.ttf',
  'atkinson-hyperlegible-next/700Bold_Italic/AtkinsonHyperlegibleNext_700Bold_Italic.ttf',
  'bricolage-grotesque/600SemiBold/BricolageGrotesque_600SemiBold.ttf',
]

/** PDF for everyone (ISO 14289-1): tagged, titled, its pictures described, its fonts embedded. */
const STANDARD = 'ua-1'

/** Points of a page that one unit of a drawing takes. */
const SCALE = 0.75

/** A document that could not be set: the failing block is named, so that its author can correct it. */
export class PdfError extends Error {
  override name = 'PdfError'
  /** What the block says, shortened; undefined when it is the document as a whole. */
  readonly block: string | undefined

  constructor(message: string, block?: string) {
    super(block === undefined ? message : `${message} (in: ${block})`)
    this.block = block
  }
}

/** This machine has no compiler: its package brings none for this system. */
export class PdfMissing extends Error {
  override name = 'PdfMissing'
}

/** What a document looks like on paper. */
export interface PdfLook {
  palette: Palette
  /** What stands at the foot of each page, beside its number. */
  footer: string
}

let opened: Promise<NodeCompiler> | undefined

/** The compiler with our fonts, once a process; nothing is ever fetched. */
function compiler(): Promise<NodeCompiler> {
  opened ??= import('@myriaddreamin/typst-ts-node-compiler').then(
    (typst) =>
      typst.NodeCompiler.create({
        fontArgs: [{ fontBlobs: FONTS.map((file) => readFileSync(packageFile('@expo-google-fonts', file))) }],
      }),
    (cause: unknown) => {
      opened = undefined
      throw new PdfMissing('Typst is not there for this system', { cause })
    },
  )
  return opened
}

/**
 * Sets a document as PDF. The same document gives the same bytes.
 *
 * @throws PdfError naming the block that cannot be set; PdfMissing where the compiler has no build for the machine
 */
export async function toPdf(document: Document, look: PdfLook): Promise<Buffer> {
  const typst = await compiler()
  try {
    return compile(typst, document, look)
  } catch (error) {
    const culprit = document.blocks.find((block) => !canBeSet(typst, { ...document, blocks: [block] }, look))
    throw new PdfError(error instanceof Error ? error.message : String(error), culprit && blockName(culprit))
  } finally {
    typst.evictCache(10)
  }
}

function compile(typst: NodeCompiler, document: Document, { palette, footer }: PdfLook): Buffer {
  const colours = { ink: palette.ink, soft: palette.soft, rule: palette.rule, sea: palette.series[0] ?? palette.ink }
  const data = JSON.stringify({ ...document, blocks: document.blocks.map(forPaper), footer, colours })
  const result = typst.compile({
    mainFileContent: readFileSync(new URL('./report.typ', import.meta.url), 'utf8'),
    inputs: { document: data },
  })
  const error = result.takeError()
  if (error || !result.result)
    throw new Error(
      error?.shortDiagnostics.map((one) => (Object(one).message ?? '') as unknown).join('; ') ?? 'no document',
    )
  return typst.pdf(result.result, { pdfStandard: STANDARD, creationTimestamp: 0 })
}

/** A drawing by itself, with the width that it takes on paper. */
function forPaper(block: Block): object {
  if (block.kind === 'quote') return { ...block, blocks: block.blocks.map(forPaper) }
  if (block.kind === 'list') return { ...block, items: block.items.map((item) => item.map(forPaper)) }
  if (block.kind !== 'drawing') return block
  const width = Number(/viewBox="\S+ \S+ (\S+) /.exec(block.svg)?.[1] ?? 360)
  return { ...block, svg: asFile(block.svg, 'Atkinson Hyperlegible Next'), width: Math.min(470, width * SCALE) }
}

function canBeSet(typst: NodeCompiler, document: Document, look: PdfLook): boolean {
  try {
    compile(typst, document, look)
    return true
  } catch {
    return false
  }
}

function blockName(block: Block): string {
  if (block.kind === 'drawing') return block.title
  if (block.kind === 'table') return block.caption
  if (block.kind === 'heading' || block.kind === 'paragraph') return plainText(block.text).slice(0, 80)
  return block.kind
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sharp } from 'sharp'
import { escapeXml } from '../documents/xml.ts'
import { packageFile } from '../paths.ts'
import { asFile } from './svg.ts'

/** Dots per unit of a drawing: screens that show two for one are common. */
const SHARPNESS = 2

/** Dots an inch of a drawing whose units are dots. */
const PLAIN = 72

/** Colours that a drawing of lines, areas and text has at most; each is one byte then. */
const COLOURS = 64

/** A picture for programs that draw nothing themselves. */
export interface Png {
  bytes: Buffer
  /** In units of the drawing: it has twice as many dots. */
  width: number
}

/** This machine has no painter: its package brings none for this system. */
export class PngMissing extends Error {
  override name = 'PngMissing'
}

let opened: Promise<(svg: Buffer) => Sharp> | undefined

/**
 * The renderer with our fonts, once a process. A server often has no fonts at all, so it is told where ours are
 * before it looks for some.
 */
function painter(): Promise<(svg: Buffer) => Sharp> {
  opened ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bagad-letters-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    const [fonts, cache] = [packageFile('@expo-google-fonts', 'atkinson-hyperlegible-next'), join(folder, 'cache')].map(
      escapeXml,
    )
    const file = join(folder, 'fonts.conf')
    writeFileSync(
      file,
      `<?xml version="1.0"?><fontconfig><dir>${fonts}</dir><cachedir>${cache}</cachedir></fontconfig>\n`,
    )
    process.env['FONTCONFIG_FILE'] = file
    const { default: sharp } = await import('sharp').catch((cause: unknown) => {
      throw new PngMissing('sharp is not there for this system', { cause })
    })
    return (svg) => sharp(svg, { density: PLAIN * SHARPNESS })
  })()
  return opened
}

/**
 * Paints a drawing in plain colours (a document's, not a page's) on white.
 *
 * @throws PngMissing
 */
export async function toPng(svg: string): Promise<Png> {
  const paint = await painter()
  const { data, info } = await paint(Buffer.from(asFile(svg)))
    .flatten({ background: '#ffffff' })
    .png({ palette: true, colours: COLOURS })
    .toBuffer({ resolveWithObject: true })
  return { bytes: data, width: info.width / SHARPNESS }
}

import { escapeXml } from '../documents/xml.ts'
import type { Palette } from './palette.ts'

/** What every drawing says of itself: an id of its own on the page, what it shows, and the same in words. */
export interface Legend {
  id: string
  title: string
  description: string
}

/** An element of a drawing before it is written. */
export interface Shape {
  name: string
  attributes: Record<string, string | number>
  inside: (Shape | string)[]
}

/** An element of a drawing, with the elements and texts that stand in it. */
export function shape(name: string, attributes: Shape['attributes'], ...inside: Shape['inside']): Shape {
  return { name, attributes, inside }
}

/** Words at a place, in the middle of their line. */
export function lettering(text: string, x: number, y: number, look: Shape['attributes'] = {}): Shape {
  return shape('text', { x, y, dy: '0.32em', ...look }, text)
}

/** How a filled shape can be told from its neighbour without colours: lines of the ground over the colour. */
const TEXTURES = ['', 'M0 8 8 0', 'M0 4H8', 'M4 0V8', 'M0 8 8 0M0 0 8 8']

/** Widths of those lines, in drawing units. */
const THREAD = 1.1

/**
 * A colour with a texture, to be named as a fill; `finish` draws it. It looks like a paint of SVG, for the drawing
 * library takes nothing else.
 */
export function textured(colour: number, texture: number): string {
  return `url(#texture-${colour}-${texture % TEXTURES.length})`
}

/**
 * Writes a drawing fit to stand in a page: an image with a title and a description that are read aloud, no style of its
 * own (our policy forbids it), ids that cannot collide.
 */
export function finish(svg: Shape, { id, title, description }: Legend, palette: Palette): string {
  const used = new Set<number>()
  const inside = svg.inside.flatMap((part) => withTextures(part, { id, palette, used }))
  const attributes = { ...svg.attributes, class: 'drawing', role: 'img', 'aria-labelledby': `${id}-title ${id}-words` }
  const patterns = [...used].map((texture) =>
    shape(
      'pattern',
      { id: textureId(id, texture), width: 8, height: 8, patternUnits: 'userSpaceOnUse' },
      shape('path', {
        d: TEXTURES[texture] ?? '',
        stroke: palette.ground,
        'stroke-width': THREAD,
        'stroke-opacity': 0.75,
        fill: 'none',
      }),
    ),
  )
  return written(
    shape(
      svg.name,
      attributes,
      shape('title', { id: `${id}-title` }, title),
      shape('desc', { id: `${id}-words` }, description),
      ...patterns,
      ...inside,
    ),
  )
}

const textureId = (id: string, texture: number) => `${id}-texture-${texture}`

/**
 * Gives a shape whose fill is a texture its plain colour, and lays the lines over it: a pattern that had the colour too
 * would show the seams of its tiles on paper. Notes which textures are used.
 */
function withTextures(
  part: Shape | string,
  drawing: { id: string; palette: Palette; used: Set<number> },
): (Shape | string)[] {
  if (typeof part === 'string') return [part]
  const { id, palette, used } = drawing
  const inside = part.inside.flatMap((one) => withTextures(one, drawing))
  const [, colour, texture] =
    /^url\(#texture-(\d+)-(\d+)\)$/.exec(String(part.attributes['fill'] ?? ''))?.map(Number) ?? []
  if (colour === undefined || texture === undefined) return [{ ...part, inside }]
  const plain = {
    ...part,
    attributes: { ...part.attributes, fill: palette.series[colour % palette.series.length] ?? palette.ink },
    inside,
  }
  if (texture === 0) return [plain]
  used.add(texture)
  return [plain, lines(part, `url(#${textureId(id, texture)})`)]
}

/** The same shape again with another fill, without the words on it, which are read once. */
function lines(part: Shape, fill: string): Shape {
  return {
    ...part,
    attributes: { ...part.attributes, fill },
    inside: part.inside.filter((one) => typeof one !== 'string' && one.name !== 'title'),
  }
}

function written({ name, attributes, inside }: Shape): string {
  let text = `<${name}`
  for (const [key, value] of Object.entries(attributes))
    text += ` ${key}="${typeof value === 'number' ? rounded(value) : escapeXml(shortened(value))}"`
  if (inside.length === 0) return `${text}/>`
  text += '>'
  for (const part of inside) text += typeof part === 'string' ? escapeXml(part) : written(part)
  return `${text}</${name}>`
}

/** Hundredths of a unit are as fine as any eye sees. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

/** The same for numbers in words that the drawing library wrote. */
function shortened(words: string): string {
  return words.replaceAll(/(\.\d{2})\d+/g, '$1')
}

/** The drawing by itself, for whatever reads files and not pages: it names its format and its fonts. */
export function asFile(svg: string, font = 'Atkinson Hyperlegible Next, sans-serif'): string {
  return svg.replace('<svg ', `<svg xmlns="http://www.w3.org/2000/svg" font-family="${font}" `)
}

import { parseHTML } from 'linkedom'
import type { Palette } from './palette.ts'

const SVG = 'http://www.w3.org/2000/svg'

/** What every drawing says of itself: an id of its own on the page, what it shows, and the same in words. */
export interface Legend {
  id: string
  title: string
  description: string
}

/** A document to draw in; the drawing library needs one, the server has none. */
export function drawingDocument(): Document {
  return parseHTML('<html><body></body></html>').document
}

/** How a filled shape can be told from its neighbour without colours: lines of the ground over the colour. */
const TEXTURES = ['', 'M0 8 8 0', 'M0 4H8', 'M4 0V8', 'M0 8 8 0M0 0 8 8']

/** Widths of those lines, in drawing units. */
const THREAD = '1.1'

/** A filled colour with a texture of its own, to be named as a fill; `finish` draws it. */
export function textured(colour: number, texture: number): string {
  return `url(#texture-${colour}-${texture % TEXTURES.length})`
}

/**
 * Makes an SVG fit to stand in a page: an image with a title and a description that are read aloud, nothing that is
 * read a second time, no style of its own (our policy forbids it), ids that cannot collide.
 */
export function finish(svg: Element, { id, title, description }: Legend, palette: Palette): string {
  for (const style of svg.querySelectorAll('style')) style.remove()
  for (const part of svg.querySelectorAll('*')) for (const name of ['style', 'class', 'aria-label', 'aria-description']) part.removeAttribute(name)
  for (const name of ['font-family', 'style']) svg.removeAttribute(name)
  svg.setAttribute('class', 'drawing')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-labelledby', `${id}-title ${id}-words`)
  const textures = drawTextures(svg, palette)
  svg.prepend(textElement(svg, 'title', `${id}-title`, title), textElement(svg, 'desc', `${id}-words`, description), ...textures)
  return svg.outerHTML.replaceAll(/(\d+\.\d{2})\d+/g, '$1').replaceAll('texture-', `${id}-texture-`)
}

/**
 * Gives each shape whose fill is a texture its plain colour, and lays the lines over it: a pattern that had the colour too
 * would show the seams of its tiles on paper.
 *
 * @returns the patterns that were used
 */
function drawTextures(svg: Element, palette: Palette): Element[] {
  const used = new Set<number>()
  for (const shape of svg.querySelectorAll('[fill^="url(#texture-"]')) {
    const [, colour = 0, texture = 0] = (/texture-(\d+)-(\d+)/.exec(shape.getAttribute('fill') ?? '') ?? []).map(Number)
    shape.setAttribute('fill', palette.series[colour % palette.series.length] ?? palette.ink)
    if (texture === 0) continue
    used.add(texture)
    const lines = shape.cloneNode(true)
    if (!isElement(lines)) continue
    for (const title of lines.querySelectorAll('title')) title.remove()
    lines.setAttribute('fill', `url(#texture-${texture})`)
    shape.after(lines)
  }
  return [...used].map((texture) => {
    const pattern = element(svg, 'pattern', { id: `texture-${texture}`, width: '8', height: '8', patternUnits: 'userSpaceOnUse' })
    pattern.append(element(svg, 'path', { d: TEXTURES[texture] ?? '', stroke: palette.ground, 'stroke-width': THREAD, 'stroke-opacity': '0.75', fill: 'none' }))
    return pattern
  })
}

function isElement(node: Node): node is Element {
  return node.nodeType === node.ELEMENT_NODE
}

/** The drawing by itself, for whatever reads files and not pages: it names its format and its letters. */
export function asFile(svg: string, font = 'Atkinson Hyperlegible Next, sans-serif'): string {
  return svg.replace('<svg ', `<svg xmlns="${SVG}" font-family="${font}" `)
}

/** An element of a drawing, beside one that is there. */
export function element(beside: Element, name: string, attributes: Record<string, string>): Element {
  const made = beside.ownerDocument.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

function textElement(svg: Element, name: string, id: string, text: string): Element {
  const made = element(svg, name, { id })
  made.textContent = text
  return made
}

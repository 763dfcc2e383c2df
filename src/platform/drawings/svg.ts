import { parseHTML } from 'linkedom'

/** The colours of a drawing: tokens of our style sheet on a page, plain colours in a document. */
export interface Palette {
  ink: string
  soft: string
  /** What lies between two parts, and under the whole. */
  ground: string
  rule: string
  series: string[]
}

export const PAGE_PALETTE: Palette = {
  ink: 'var(--ink)',
  soft: 'var(--ink-soft)',
  ground: 'var(--paper)',
  rule: 'var(--rule)',
  series: ['var(--drawing-1)', 'var(--drawing-2)', 'var(--drawing-3)', 'var(--drawing-4)'],
}

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

/**
 * Makes an SVG fit to stand in a page: an image with a title and a description that are read aloud, nothing that is
 * read a second time, no style of its own (our policy forbids it), ids that cannot collide.
 */
export function finish(svg: Element, { id, title, description }: Legend): string {
  for (const style of svg.querySelectorAll('style')) style.remove()
  for (const part of svg.querySelectorAll('*')) for (const name of ['style', 'class', 'aria-label', 'aria-description']) part.removeAttribute(name)
  for (const name of ['font-family', 'style']) svg.removeAttribute(name)
  svg.setAttribute('class', 'drawing')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-labelledby', `${id}-title ${id}-words`)
  svg.prepend(textElement(svg, 'title', `${id}-title`, title), textElement(svg, 'desc', `${id}-words`, description))
  return svg.outerHTML.replaceAll(/(\d+\.\d{2})\d+/g, '$1')
}

function textElement(svg: Element, name: string, id: string, text: string): Element {
  const element = svg.ownerDocument.createElementNS('http://www.w3.org/2000/svg', name)
  element.setAttribute('id', id)
  element.textContent = text
  return element
}

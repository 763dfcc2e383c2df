import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { shape, type Shape } from './svg.ts'

/** The library makes its elements with a document, and attaches none to it: one serves every drawing. */
const { document } = parseHTML('<html><body></body></html>')

/** What is read a second time beside our own words, and styles, which our policy forbids. */
const LEFT_OUT = new Set(['style', 'class', 'font-family', 'aria-label', 'aria-description'])

/** Draws with the library; what it made, without styles and labels of its own. */
export function plotted(options: Plot.PlotOptions): Shape {
  return toShape(Plot.plot({ ...options, document, style: {} }))
}

function toShape(element: Element): Shape {
  const attributes = [...element.attributes]
    .filter(({ name }) => !LEFT_OUT.has(name))
    .map(({ name, value }) => [name, value] as const)
  const inside = [...element.childNodes].flatMap((node): Shape['inside'] => {
    if (isElement(node)) return node.localName === 'style' ? [] : [toShape(node)]
    return node.textContent ? [node.textContent] : []
  })
  return shape(element.localName, Object.fromEntries(attributes), ...inside)
}

function isElement(node: Node): node is Element {
  return node.nodeType === node.ELEMENT_NODE
}

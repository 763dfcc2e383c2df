import { escapeXml } from '../../platform/documents/xml.ts'

/** Approximate width of a character, in SVG units. */
const LETTER = 7.2
const PADDING = 9
const HEIGHT = 24

/** Draws a figure as a badge for other sites: its label and its value. */
export function drawBadge(label: string, value: string): string {
  const left = Math.round(label.length * LETTER + 2 * PADDING)
  const right = Math.round(value.length * LETTER + 2 * PADDING)
  const [name, count] = [escapeXml(label), escapeXml(value)]
  const middle = HEIGHT / 2 + 4.5
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="${HEIGHT}" role="img" aria-label="${name}: ${count}" font-family="Verdana,DejaVu Sans,sans-serif" font-size="12">`,
    `<rect width="${left + right}" height="${HEIGHT}" rx="4" fill="#0d5d83"/><path d="M0 4a4 4 0 0 1 4-4h${left - 4}v${HEIGHT}H4a4 4 0 0 1-4-4z" fill="#f1eee6"/>`,
    `<text x="${PADDING}" y="${middle}" fill="#192532">${name}</text><text x="${left + PADDING}" y="${middle}" fill="#ffffff" font-weight="700">${count}</text></svg>`,
  ].join('')
}

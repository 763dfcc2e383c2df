import { parseHTML } from 'linkedom'

/** The fields of an answer: texts and numbers by name, in this order. */
export interface Told {
  [name: string]: string | number | Told
}

/** Characters that XML forbids (XML 1.0, 2.2). */
// oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu

const { DOMParser } = parseHTML('<html></html>')

/**
 * Writes fields as an XML document with the root element `root`, as YOURLS does.
 *
 * @param fields field names that are valid element names
 */
export function toXml(fields: Told): string {
  const document = new DOMParser().parseFromString('<root/>', 'text/xml')
  fill(document.documentElement, fields)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${document.documentElement.outerHTML}\n`
}

function fill(element: Element, fields: Told): void {
  for (const [name, value] of Object.entries(fields)) {
    const child = element.ownerDocument.createElement(name)
    if (typeof value === 'object') fill(child, value)
    else child.textContent = String(value).replaceAll(FORBIDDEN, '')
    element.append(child)
  }
}

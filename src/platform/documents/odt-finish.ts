import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from 'fflate'

/** The first moment that a zip file can tell; nothing of a document depends on when it was made. */
const NO_TIME = '1980-01-01T00:00:00'

/** Fonts that every word processor has, near to those of our pages. */
const LETTERS = 'Liberation Sans'

/**
 * What the library knows no way to say: cells without space of their own, numbers to the right, a title that stays with
 * its table.
 */
const STYLES = [
  '<style:style style:name="Cell" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-left="0.1cm" fo:margin-right="0.1cm" fo:margin-top="0.05cm" fo:margin-bottom="0.05cm"/><style:text-properties fo:font-size="10pt"/></style:style>',
  '<style:style style:name="Number" style:family="paragraph" style:parent-style-name="Cell"><style:paragraph-properties fo:text-align="end"/></style:style>',
  '<style:style style:name="Table_20_title" style:display-name="Table title" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-top="0.4cm" fo:margin-bottom="0.1cm" fo:keep-with-next="always"/></style:style>',
].join('')

/** Sizes of the library's titles, and ours: those of a report, not of a poster. */
const SIZES = { '28pt': '22pt', '24pt': '16pt', '20pt': '13pt', '12pt': '11pt' }

/** Gives a document that the library made its last form: styles, tables that stay whole, the same bytes each time. */
export function finishOdt(odt: Uint8Array): Buffer {
  const { mimetype = new Uint8Array(), ...files } = unzipSync(odt)
  const change = (name: string, how: (xml: string) => string) => ({
    [name]: strToU8(how(strFromU8(files[name] ?? new Uint8Array()))),
  })
  // A reader looks for the type in the first bytes, so it comes first and is not packed.
  const packed: Zippable = {
    mimetype: [mimetype, { level: 0 }],
    ...files,
    ...change('content.xml', finishContent),
    ...change('styles.xml', finishStyles),
  }
  return Buffer.from(zipSync(packed, { mtime: NO_TIME }))
}

function finishStyles(xml: string): string {
  return xml
    .replaceAll('Liberation Serif', LETTERS)
    .replaceAll('style:font-family-generic="roman"', 'style:font-family-generic="swiss"')
    .replaceAll(/"(28pt|24pt|20pt|12pt)"/g, (_, size: keyof typeof SIZES) => `"${SIZES[size]}"`)
    .replace('</office:styles>', `${STYLES}</office:styles>`)
}

/**
 * The library puts each part on a line of its own, and a line's end between two runs of a paragraph is read as a space.
 * Spaces that are meant stand inside the runs.
 */
function finishContent(xml: string): string {
  return xml
    .replaceAll(/>\n\s*/g, '>')
    .replaceAll(/\n\s*</g, '<')
    .replaceAll(
      '<style:table-properties ',
      '<style:table-properties style:may-break-between-rows="false" fo:margin-bottom="0.3cm" ',
    )
    .replaceAll(
      /<text:p text:style-name="\w+">((?:(?!<\/text:p>).)*)<\/text:p>(?=<table:table )/g,
      '<text:p text:style-name="Table_20_title">$1</text:p>',
    )
    .replaceAll(/<table:table-row>.*?<\/table:table-row>/g, finishRow)
    .replaceAll(
      /(<table:table-column [^>]*\/>)(<table:table-row>.*?<\/table:table-row>)/g,
      '$1<table:table-header-rows>$2</table:table-header-rows>',
    )
}

/** The first cell of a row says what it is about; the others are numbers. */
function finishRow(row: string): string {
  let cells = 0
  return row.replaceAll(
    '<text:p text:style-name="Standard">',
    () => `<text:p text:style-name="${cells++ === 0 ? 'Cell' : 'Number'}">`,
  )
}

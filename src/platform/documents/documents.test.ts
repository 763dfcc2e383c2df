import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { assert, constantFrom, property, string } from 'fast-check'
import { parseHTML } from 'linkedom'
import { describe, expect, test } from 'vitest'
import { drawBars } from '../drawings/bars.ts'
import { documentPalette } from '../drawings/palette.ts'
import { Reader } from '../language/reader.ts'
import { plainText, type Block, type Document } from './document.ts'
import { readMarkdown, referencesIn } from './markdown.ts'
import { toOdt } from './odt.ts'
import { PdfError, toPdf } from './pdf.ts'
import { toCsv, toOds } from './sheets.ts'

const french = new Reader('fr', 'Europe/Paris')
const palette = documentPalette({})
const look = { palette, footer: 'Infini' }

const table: Block & { kind: 'table' } = {
  kind: 'table',
  id: 'web-hits',
  caption: 'Hits',
  labels: 'Ce qui est compté',
  head: ['Mars 2023', 'Mars 2024', 'Évolution'],
  rows: [
    { id: 'web.hits.7d', label: 'Hits (7 jours)', cells: [{ text: '', value: null }, { text: french.number(7_042_412), value: 7_042_412, mark: 1 }, { text: 'N/C', value: null }] },
    { id: 'web.share', label: '=1+1', cells: [{ text: '501 (46,18\u00a0%)', value: 501 }, { text: '0,44', value: 0.44 }, { text: '+38', value: 38 }] },
  ],
  notes: ['Valeur tronquée.'],
} // prettier-ignore

const drawing: Block & { kind: 'drawing' } = {
  kind: 'drawing',
  id: 'pad',
  title: 'Pads <b> #strong[x]',
  description: '2023, 1 040 ; 2024, 1 942',
  svg: drawBars(
    { id: 'pad', title: 'Pads', description: '' },
    [{ label: 'Pads', bars: [{ label: '2023', value: 1040, text: french.number(1040) }] }],
    {
      palette,
    },
  ),
}

const document = (blocks: Block[], title = 'Rapport 2023'): Document => ({
  language: 'fr',
  title,
  author: 'Infini',
  blocks,
})

const read = (text: string, live: Parameters<typeof readMarkdown>[1]['live'] = () => undefined) =>
  readMarkdown(text, { language: 'fr', live })

describe('a text in Markdown', () => {
  test('becomes headings, paragraphs, lists, quotes and tables', () => {
    const blocks = read(
      '# Le web\n\nDes *mots* **forts** et [un lien](https://www.chatons.org).\n\n- un\n- deux\n\n> dit\n\n| Jour | Heure |\n| --- | --- |\n| Mercredi | 10 h |\n',
    )
    expect(blocks).toMatchObject([
      { kind: 'heading', level: 2, id: 'le-web' },
      { kind: 'paragraph', text: [{ text: 'Des ' }, { text: 'mots', isEmphasised: true }, { text: ' ' }, { text: 'forts', isStrong: true }, { text: ' et ' }, { text: 'un lien', link: 'https://www.chatons.org' }, { text: '.' }] },
      { kind: 'list', isOrdered: false, items: [[{ kind: 'paragraph' }], [{ kind: 'paragraph' }]] },
      { kind: 'quote', blocks: [{ kind: 'paragraph' }] },
      { kind: 'table', caption: 'Jour', head: ['Heure'], rows: [{ label: 'Mercredi', cells: [{ text: '10 h' }] }] },
    ]) // prettier-ignore
  })

  test('holds live figures in its lines, and tables where they stand alone', () => {
    const live = (reference: string) =>
      reference === 'table web-hits' ? { blocks: [table] } : { inline: [{ text: `<${reference}>` }] }
    const blocks = read('Nous avons {{ pad.pads@2024 }} pads.\n\n{{table web-hits}}\n', live)
    expect(blocks).toMatchObject([
      { kind: 'paragraph', text: [{ text: 'Nous avons ' }, { text: '<pad.pads@2024>' }, { text: ' pads.' }] },
      { kind: 'table', id: 'web-hits' },
    ])
    expect(referencesIn('a {{x}} b\n\n- {{ y }}\n\n`{{z}}`')).toEqual(['x', 'y'])
  })

  test('shows as written what nobody knows', () => {
    expect(read('{{rien}}')).toEqual([{ kind: 'paragraph', text: [{ text: '{{rien}}', isCode: true }] }])
  })

  test('never leads to a script, and HTML in it is text', () => {
    const blocks = read(
      '<script>alert(1)</script> [x](javascript:alert(1)) ![vue](https://evil.example/x.png) <b>y</b>',
    )
    expect(blocks).toHaveLength(1)
    expect(JSON.stringify(blocks)).not.toContain('"link"')
    expect(blocks[0]?.kind === 'paragraph' && plainText(blocks[0].text)).toContain('<b>y</b>')
  })

  test('headings that say the same have ids of their own', () => {
    expect(read('# Web\n\n# Web\n').map((block) => block.kind === 'heading' && block.id)).toEqual(['web', 'web-2'])
  })

  test('is read whatever it is', () => {
    const signs = constantFrom(
      '#',
      '*',
      '_',
      '`',
      '>',
      '-',
      '|',
      '[',
      ']',
      '(',
      ')',
      '{',
      '}',
      '\n',
      ' ',
      'a',
      '1',
      '.',
      '<',
      '!',
    )
    assert(
      property(string({ unit: signs }), (text) => {
        expect(() => read(text)).not.toThrow()
      }),
    )
  })
})

/** What a program of Debian says of a file. */
function told(program: string, content: Buffer, ...options: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'bagad-document-'))
  writeFileSync(join(folder, 'file.pdf'), content)
  const output = execFileSync(
    program,
    [...options, join(folder, 'file.pdf'), ...(program.endsWith('pdftotext') ? ['-'] : [])],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  rmSync(folder, { recursive: true })
  return output
}

describe('a PDF', () => {
  test('is made without a network, and the same document gives the same bytes', async () => {
    const once = await toPdf(document([table, drawing]), look)
    expect(once.subarray(0, 5).toString()).toBe('%PDF-')
    expect(once.equals(await toPdf(document([table, drawing]), look))).toBe(true)
  })

  test('takes a title, a paragraph and a table that look like markup as what they are: text', async () => {
    const hostile = '#panic("x") *a* _b_ $c$ <d> @e \\ // {{f}} </text> "g" #{'
    const blocks: Block[] = [
      { kind: 'heading', level: 2, id: 'h', text: [{ text: hostile }] },
      { kind: 'paragraph', text: [{ text: hostile, isStrong: true, link: 'https://example.org/?a="b"' }] },
      { kind: 'list', isOrdered: true, items: [[{ kind: 'paragraph', text: [{ text: hostile }] }]] },
      { ...table, caption: hostile, rows: [{ id: 'x', label: hostile, cells: [{ text: hostile, value: null }] }] },
      { kind: 'quote', blocks: [{ kind: 'code', text: hostile }] },
      { kind: 'rule' },
      drawing,
    ]
    expect((await toPdf(document(blocks, hostile), look)).length).toBeGreaterThan(1000)
  })

  test('says at which block it fails', async () => {
    const broken = { ...drawing, title: 'Le dessin cassé', svg: '<svg viewBox="0 0 10 10"' }
    const failed = toPdf(document([table, broken]), look)
    await expect(failed).rejects.toThrow(PdfError)
    await expect(failed).rejects.toMatchObject({ block: 'Le dessin cassé' })
  })

  describe.skipIf(!existsSync('/usr/bin/pdfinfo'))('as poppler reads it', () => {
    test('is tagged, titled, in its language, with its fonts embedded', async () => {
      const pdf = await toPdf(
        document([{ kind: 'heading', level: 2, id: 'h', text: [{ text: 'Le web' }] }, table, drawing]),
        look,
      )
      const info = told('/usr/bin/pdfinfo', pdf)
      expect(info).toMatch(/Tagged: +yes/)
      expect(info).toMatch(/Title: +Rapport 2023/)
      const structure = told('/usr/bin/pdfinfo', pdf, '-struct-text')
      for (const tag of ['H1', 'H2', 'Table', 'TH', 'TD', 'Figure', 'Caption'])
        expect(structure, tag).toMatch(new RegExp(`^ *${tag}\\b`, 'm'))
      expect(told('/usr/bin/pdffonts', pdf).split('\n').slice(2).filter((line) => line && !/ yes +(yes|no) +yes /.test(line))).toEqual([]) // prettier-ignore
    })

    test('has the narrow space between thousands, and every other sign of ours, in its letters', async () => {
      const signs = `7\u202f042\u202f412 46,18\u00a0% \u221230 × ≈ · … ’ « » – é œ €`
      const pdf = await toPdf(document([{ kind: 'paragraph', text: [{ text: signs }] }]), look)
      const read = told('/usr/bin/pdftotext', pdf, '-layout')
      const bare = (text: string) => text.replaceAll(/\s/g, '')
      expect(bare(read)).toContain(bare(signs))
      // A letter that a font lacks comes from another one: only ours are there.
      expect(told('/usr/bin/pdffonts', pdf).split('\n').slice(2).filter(Boolean).every((line) => /\+(AtkinsonHyperlegibleNext|BricolageGrotesque)/.test(line))).toBe(true) // prettier-ignore
    })
  })
})

const xmlOf = (file: Buffer, name = 'content.xml') => new TextDecoder().decode(unzipSync(file)[name])

describe('an ODT', () => {
  test('has real headings, tables and drawings, and markup in a text is text', async () => {
    const odt = await toOdt(document([{ kind: 'heading', level: 2, id: 'h', text: [{ text: 'Le <web> & co' }] }, table, drawing, { kind: 'list', isOrdered: false, items: [[{ kind: 'paragraph', text: [{ text: 'un' }] }]] }]))
    expect(new TextDecoder().decode(unzipSync(odt)['mimetype'])).toBe('application/vnd.oasis.opendocument.text')
    const content = parseHTML(xmlOf(odt)).document
    expect([...content.querySelectorAll('text\\:h')].map(({ textContent }) => textContent)).toEqual(['Rapport 2023', 'Le <web> & co'])
    expect(content.querySelectorAll('table\\:table-row')).toHaveLength(3)
    expect(content.querySelectorAll('draw\\:image')).toHaveLength(1)
    // A table stays whole, below its title, its numbers to the right.
    const [head, ...rows] = [...content.querySelectorAll('table\\:table-row')]
    expect(head?.parentElement?.tagName.toLowerCase()).toBe('table:table-header-rows')
    for (const row of rows) expect([...row.querySelectorAll('text\\:p')].map((one) => one.getAttribute('text:style-name'))).toEqual(['Cell', 'Number', 'Number', 'Number'])
    expect(xmlOf(odt)).toMatch(/may-break-between-rows="false"[^]*<text:p text:style-name="Table_20_title">[^]*?<\/text:p><table:table /)
    expect(xmlOf(odt)).toContain('<svg:desc>')
    expect(Object.keys(unzipSync(odt)).some((name) => name.endsWith('.svg'))).toBe(true)
  }) // prettier-ignore
})

describe('a table for spreadsheets', () => {
  test('in CSV is what is read, and no cell becomes a formula', () => {
    expect(toCsv(table)).toBe(
      '\ufeffCe qui est compté,Mars 2023,Mars 2024,Évolution\r\nHits (7 jours),,7\u202f042\u202f412,N/C\r\n\'=1+1,"501 (46,18\u00a0%)","0,44",+38\r\n',
    )
  })

  test('in ODS has numbers where figures are, nothing where nothing is known, and words where they are words', async () => {
    const cells = [...xmlOf(await toOds(table, 'Infini')).matchAll(/<table:table-cell(?: ([^>]*?))?(?:\/>|>(.*?)<\/table:table-cell>)/gs)]
      .map(([, attributes = '', content = '']) => /office:value="([^"]*)"/.exec(attributes)?.[1] ?? content.replaceAll(/<[^>]*>/g, '').trim()) // prettier-ignore
    expect(cells.slice(4, 12)).toEqual([
      'Hits (7 jours)',
      '',
      '7042412',
      'N/C',
      '=1+1',
      '501 (46,18\u00a0%)',
      '0.44',
      '38',
    ])
  })
})

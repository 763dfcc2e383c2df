import slugify from '@sindresorhus/slugify'
import MarkdownIt, { type Token } from 'markdown-it'
import type { Language } from '../language/languages.ts'
import { setFrench } from '../language/typography.ts'
import type { Block, Inline } from './document.ts'

/** What `{{…}}` in a text stands for: words in the line, or blocks when it stands alone in its paragraph. */
export type Insertion = { inline: Inline[] } | { blocks: Block[] }

/** Longest reference between `{{` and `}}`. */
const LONGEST_REFERENCE = 200

/** Deepest nesting of lists and quotes; what is deeper is text. */
const DEEPEST = 12

const markdown = new MarkdownIt({ html: false, linkify: true, maxNesting: DEEPEST })
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false })
markdown.inline.ruler.before('emphasis', 'live', (state, isSilent) => {
  if (!state.src.startsWith('{{', state.pos)) return false
  const end = state.src.indexOf('}}', state.pos)
  if (end === -1 || end - state.pos > LONGEST_REFERENCE) return false
  if (!isSilent) state.push('live', '', 0).content = state.src.slice(state.pos + 2, end).trim()
  state.pos = end + 2
  return true
})

/** Every reference of a text, in its order. */
export function referencesIn(text: string): string[] {
  return markdown
    .parse(text, {})
    .flatMap(({ children }) => (children ?? []).filter(({ type }) => type === 'live').map(({ content }) => content))
}

interface Reading {
  language: Language
  /** What a reference stands for; undefined when there is no such thing: then it is shown as it was written. */
  live: (reference: string) => Insertion | undefined
}

/**
 * Reads a text in Markdown (CommonMark with tables) as blocks. HTML in it is text like any other, pictures are their
 * words, and addresses lead to the web, to a mailbox or within the document.
 */
export function readMarkdown(text: string, reading: Reading): Block[] {
  const reader = new Reader(markdown.parse(text, {}), reading)
  return reader.blocksUntil('')
}

class Reader {
  readonly #tokens: Token[]
  readonly #reading: Reading
  readonly #ids = new Set<string>()
  #at = 0
  #tables = 0

  constructor(tokens: Token[], reading: Reading) {
    this.#tokens = tokens
    this.#reading = reading
  }

  /** The blocks up to the token that closes what they stand in, which is read too. */
  blocksUntil(closing: string): Block[] {
    const blocks: Block[] = []
    for (;;) {
      const token = this.#tokens[this.#at++]
      if (!token || token.type === closing) return blocks
      blocks.push(...this.#block(token))
    }
  }

  #block(token: Token): Block[] {
    switch (token.type) {
      case 'heading_open':
        return [this.#heading(Number(token.tag.slice(1)))]
      case 'paragraph_open':
        return this.#paragraph()
      case 'bullet_list_open':
        return [{ kind: 'list', isOrdered: false, items: this.#items('bullet_list_close') }]
      case 'ordered_list_open':
        return [{ kind: 'list', isOrdered: true, items: this.#items('ordered_list_close') }]
      case 'blockquote_open':
        return [{ kind: 'quote', blocks: this.blocksUntil('blockquote_close') }]
      case 'fence':
      case 'code_block':
        return [{ kind: 'code', text: token.content.replace(/\n$/, '') }]
      case 'hr':
        return [{ kind: 'rule' }]
      case 'table_open':
        return [this.#table()]
      default:
        return []
    }
  }

  /** The title of the document is above all headings of its text. */
  #heading(depth: number): Block {
    const text = this.#inlines()
    this.#at++
    const level = depth === 1 ? 2 : depth === 2 ? 3 : 4
    const wanted = slugify(text.map((part) => part.text).join('')) || 'section'
    let id = wanted
    for (let other = 2; this.#ids.has(id); other++) id = `${wanted}-${other}`
    this.#ids.add(id)
    return { kind: 'heading', level, text, id }
  }

  #paragraph(): Block[] {
    const children = this.#tokens[this.#at]?.children ?? []
    const [only] = children
    if (children.length === 1 && only?.type === 'live') {
      const found = this.#reading.live(only.content)
      if (found && 'blocks' in found) {
        this.#at += 2
        return found.blocks
      }
    }
    const text = this.#inlines()
    this.#at++
    return [{ kind: 'paragraph', text }]
  }

  #items(closing: string): Block[][] {
    const items: Block[][] = []
    for (;;) {
      const token = this.#tokens[this.#at++]
      if (!token || token.type === closing) return items
      if (token.type === 'list_item_open') items.push(this.blocksUntil('list_item_close'))
    }
  }

  /** A table that was typed: its first column has the labels. */
  #table(): Block {
    const lines: string[][] = []
    for (;;) {
      const token = this.#tokens[this.#at]
      if (!token || token.type === 'table_close') break
      if (token.type === 'tr_open') lines.push([])
      if (token.type === 'inline') {
        lines.at(-1)?.push(
          this.#inlines()
            .map((part) => part.text)
            .join(''),
        )
      } else this.#at++
    }
    this.#at++
    const [[labels = '', ...head] = [], ...rows] = lines
    const id = `text-${++this.#tables}`
    return {
      kind: 'table', id, caption: labels, labels, head, notes: [],
      rows: rows.map(([label = '', ...cells], index) => ({ id: `${id}-${index + 1}`, label, cells: cells.map((cell) => ({ text: cell, value: null })) })),
    } // prettier-ignore
  }

  /** What stands in the token that is next. */
  #inlines(): Inline[] {
    const children = this.#tokens[this.#at++]?.children ?? []
    const set = this.#reading.language === 'fr' ? setFrench : (text: string) => text
    const parts: Inline[] = []
    let style: Omit<Inline, 'text'> = {}
    const add = (text: string, more: Omit<Inline, 'text'> = {}) => void parts.push({ text, ...style, ...more })
    for (const token of children) {
      const { type, content } = token
      if (type === 'text') add(set(content))
      else if (type === 'softbreak' || type === 'hardbreak') add(type === 'softbreak' ? ' ' : '\n')
      else if (type === 'code_inline') add(content, { isCode: true })
      else if (type === 'image') add(content)
      else if (type === 'live') parts.push(...this.#live(content).map((part) => ({ ...style, ...part })))
      else if (type === 'strong_open') style = { ...style, isStrong: true }
      else if (type === 'em_open') style = { ...style, isEmphasised: true }
      else if (type === 'link_open') style = { ...style, ...linkOf(token.attrGet('href')) }
      else style = without(style, type)
    }
    return parts.filter(({ text }) => text !== '')
  }

  #live(reference: string): Inline[] {
    const found = this.#reading.live(reference)
    return found && 'inline' in found ? found.inline : [{ text: `{{${reference}}}`, isCode: true }]
  }
}

const SAFE_LINK = /^(https?:\/\/|mailto:|#)/i

function linkOf(address: unknown): Pick<Inline, 'link'> {
  return typeof address === 'string' && SAFE_LINK.test(address) ? { link: address } : {}
}

function without(
  { isStrong, isEmphasised, link, ...rest }: Omit<Inline, 'text'>,
  closing: string,
): Omit<Inline, 'text'> {
  return {
    ...rest,
    ...(isStrong && closing !== 'strong_close' && { isStrong }),
    ...(isEmphasised && closing !== 'em_close' && { isEmphasised }),
    ...(link && closing !== 'link_close' && { link }),
  }
}

import { isUtf8 } from 'node:buffer'
import type { Dialect } from './dump-dialects.ts'
import type { DumpText } from './dump-text.ts'
import type { Cell } from './source.ts'

/** Stands for a value that the dump leaves to the database (`DEFAULT`): the file does not contain it. */
export const UNTOLD = Symbol('untold')

/** A text as its bytes stand in the dump, without escapes; its column says whether they are a text at all. */
export class Quoted {
  readonly bytes: Buffer
  readonly charset: string

  constructor(bytes: Buffer, charset: string) {
    this.bytes = bytes
    this.charset = charset
  }
}

export type DumpCell = Cell | Quoted | typeof UNTOLD

const QUOTE = 0x27
const BACKSLASH = 0x5c

const isSpace = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39
const isHex = (byte: number) => isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
const isBit = (byte: number) => byte === 0x30 || byte === 0x31
/** Letters, digits, `_`, `$` and everything beyond ASCII. */
export const isWordPart = (byte: number) =>
  isDigit(byte) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  byte === 0x5f ||
  byte === 0x24 ||
  byte >= 0x80

/** Escapes of MySQL (Reference Manual, String Literals); any other character stands for itself. */
const MYSQL_ESCAPES: Record<string, number> = { '0': 0, b: 8, t: 9, n: 10, r: 13, Z: 26 }
/** Escapes of PostgreSQL's `E'…'` and of COPY; besides these, octal and hexadecimal numbers. */
const POSTGRES_ESCAPES: Record<string, number> = { b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** Reads the values of one dump: its dialect, and the character set that its texts are in. */
export class DumpValues {
  readonly #text: DumpText
  readonly #dialect: Dialect
  /** Label of the WHATWG Encoding standard. */
  #charset = 'utf-8'

  constructor(text: DumpText, dialect: Dialect) {
    this.#text = text
    this.#dialect = dialect
  }

  /** Takes on the character set that the dump names. */
  useCharset(name: string): void {
    const label = CHARSETS[name.toLowerCase()]
    if (!label) throw this.#text.error(`the character set ${name} is not read; dump again in UTF-8`)
    this.#charset = label
  }

  decode(bytes: Buffer, charset = this.#charset): string {
    if (charset !== 'utf-8') return new TextDecoder(charset, { ignoreBOM: true }).decode(bytes)
    if (!isUtf8(bytes)) throw this.#text.error('a text is not in UTF-8, in which the dump says it is')
    return bytes.toString('utf8')
  }

  /** Reads over spaces and comments. */
  skipBlank(): void {
    const text = this.#text
    for (;;) {
      text.skipWhile(isSpace)
      if (this.#dialect.lineComments.some((opening) => text.takes(opening))) text.takeLine()
      else if (text.takes('/*')) this.#skipComment()
      else return
    }
  }

  #skipComment(): void {
    if (!this.#dialect.nestsComments) {
      const comment = this.#text.takeUntil('*/')
      if (!comment) throw this.#text.error('a comment does not end')
      const charset = /^!\d*\s*SET\s+NAMES\s+'?(\w+)/i.exec(comment.toString('latin1'))?.[1]
      if (charset) this.useCharset(charset)
      return
    }
    for (let depth = 1; depth > 0;) {
      if (this.#text.takes('*/')) depth--
      else if (this.#text.takes('/*')) depth++
      else if (this.#text.peek() === undefined) throw this.#text.error('a comment does not end')
      else this.#text.skip()
    }
  }

  /** A name, quoted or not; empty when none comes. */
  name(): string {
    const text = this.#text
    const opening = String.fromCharCode(text.peek() ?? 0)
    if (!this.#dialect.nameQuotes.includes(opening)) return this.decode(text.takeWhile(isWordPart))
    text.skip()
    const closing = opening === '[' ? ']' : opening
    return this.decode(this.#untilQuote(closing, undefined))
  }

  /** What stands before the closing quote, which is read over; two of them are one that belongs to it. */
  #untilQuote(closing: string, escape: ((text: DumpText) => Buffer) | undefined): Buffer {
    const text = this.#text
    const quote = closing.charCodeAt(0)
    const parts: Buffer[] = []
    for (;;) {
      parts.push(text.takeWhile((byte) => byte !== quote && !(escape && byte === BACKSLASH)))
      const byte = text.peek()
      if (byte === undefined) throw text.error('a text does not end: the file is cut off')
      text.skip()
      if (byte === BACKSLASH && escape && quote !== BACKSLASH) parts.push(escape(text))
      else if (text.peek() === quote) {
        parts.push(Buffer.of(quote))
        text.skip()
      } else break
    }
    return parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts)
  }

  /** The text after its opening quote. */
  #string(escape = this.#dialect.hasBackslashes ? readMysqlEscape : undefined): Buffer {
    return this.#untilQuote("'", escape)
  }

  /**
   * One value.
   *
   * @throws SourceError when it is of no kind that this dialect writes
   */
  value(): DumpCell {
    const text = this.#text
    const byte = text.peek()
    if (byte === QUOTE) {
      text.skip()
      return new Quoted(this.#string(), this.#charset)
    }
    if (byte !== undefined && (isDigit(byte) || byte === 0x2d || byte === 0x2b || byte === 0x2e)) return this.#number()
    const word = text.takeWhile(isWordPart).toString('latin1').toLowerCase()
    if (word === 'null') return null
    return this.#dialect.name === 'mysqldump'
      ? this.#mysqlValue(word)
      : this.#dialect.name === 'pg_dump'
        ? this.#postgresValue(word)
        : this.#sqliteValue(word)
  }

  #number(): Cell {
    const text = this.#text
    if (this.#dialect.name === 'mysqldump' && text.takes('0x')) return this.#hex()
    const number = text
      .takeWhile((byte) => isWordPart(byte) || byte === 0x2e || byte === 0x2d || byte === 0x2b)
      .toString('latin1')
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(number)) throw text.error(`"${number}" is no number`)
    return number
  }

  #hex(): Buffer {
    const digits = this.#text.takeWhile(isHex).toString('latin1')
    if (digits.length % 2 === 1) throw this.#text.error('half a byte is missing from a hexadecimal value')
    return Buffer.from(digits, 'hex')
  }

  #mysqlValue(word: string): DumpCell {
    const text = this.#text
    if (word === 'x' || word === 'b') {
      text.takes("'")
      const bytes = word === 'x' ? this.#hex() : bytesOfBits(text.takeWhile(isBit).toString('latin1'))
      if (!text.takes("'")) throw this.#strange(word)
      return bytes
    }
    text.skipWhile(isSpace)
    if (!word.startsWith('_')) throw this.#strange(word)
    if (word === '_binary' && text.takes('0x')) return this.#hex()
    if (!text.takes("'")) throw this.#strange(word)
    const bytes = this.#string()
    if (word === '_binary') return bytes
    const label = CHARSETS[word.slice(1)]
    if (!label) throw this.#strange(word)
    return new Quoted(bytes, label)
  }

  #postgresValue(word: string): DumpCell {
    const text = this.#text
    if (word === 'true' || word === 'false') return word.slice(0, 1)
    if (word === 'default') return UNTOLD
    if (word === 'e' && text.takes("'")) return new Quoted(this.#string(readPostgresEscape), this.#charset)
    if ((word === 'b' || word === 'x') && text.takes("'")) return this.#string().toString('latin1')
    throw this.#strange(word)
  }

  /** Besides plain values, what the shell writes for texts with line ends and control characters. */
  #sqliteValue(word: string): DumpCell {
    const text = this.#text
    if (word === 'x' && text.takes("'")) {
      const bytes = this.#hex()
      if (!text.takes("'")) throw this.#strange(word)
      return bytes
    }
    if (!text.takes('(')) throw this.#strange(word)
    const given = this.#arguments()
    if (word === 'replace' && given.length === 3) return given[0]?.replaceAll(given[1] ?? '', given[2] ?? '') ?? null
    if (word === 'char') return String.fromCodePoint(...given.map(Number))
    if (word === 'unistr' && given.length === 1) return readUnistr(given[0] ?? '')
    throw this.#strange(word)
  }

  #arguments(): string[] {
    const given: string[] = []
    do {
      this.#text.skipWhile(isSpace)
      const value = this.value()
      if (typeof value !== 'string' && !(value instanceof Quoted))
        throw this.#text.error('a function is given what is no text')
      given.push(typeof value === 'string' ? value : this.decode(value.bytes))
      this.#text.skipWhile(isSpace)
    } while (this.#text.takes(','))
    if (!this.#text.takes(')')) throw this.#text.error('a function does not end')
    return given
  }

  #strange(word: string) {
    const next = this.#text.peek()
    const what = word || (next === undefined ? 'the end of the file' : String.fromCharCode(next))
    return this.#text.error(`"${what}" stands where a value should; ${this.#dialect.name} writes no such thing`)
  }

  /**
   * The values of one line of COPY (PostgreSQL's documentation of COPY, Text Format).
   *
   * @returns null for `\N`
   */
  copied(line: Buffer): DumpCell[] {
    const cells: DumpCell[] = []
    for (let start = 0; start <= line.length;) {
      const tab = line.indexOf(0x09, start)
      const end = tab === -1 ? line.length : tab
      cells.push(this.#copiedCell(line.subarray(start, end)))
      start = end + 1
    }
    return cells
  }

  #copiedCell(bytes: Buffer): DumpCell {
    if (!bytes.includes(BACKSLASH)) return new Quoted(bytes, this.#charset)
    if (bytes.length === 2 && bytes[1] === 0x4e) return null
    const out: Buffer[] = []
    const each = new EscapedBytes(bytes)
    for (let plain = each.plain(); ; plain = each.plain()) {
      out.push(plain)
      if (each.isOver) break
      out.push(readPostgresEscape(each))
    }
    return new Quoted(Buffer.concat(out), this.#charset)
  }
}

/**
 * Names of MySQL and PostgreSQL for the character sets that are read, and the labels of the same in the Encoding
 * standard.
 */
const CHARSETS: Record<string, string> = {
  utf8: 'utf-8',
  utf8mb3: 'utf-8',
  utf8mb4: 'utf-8',
  unicode: 'utf-8',
  binary: 'utf-8',
  ascii: 'utf-8',
  sql_ascii: 'utf-8',
  // MySQL's latin1 is Windows-1252 (Reference Manual, West European Character Sets).
  latin1: 'windows-1252',
  win1252: 'windows-1252',
  latin9: 'iso-8859-15',
}

/** What escapes are read from: a dump, or a value at hand. */
interface Bytes {
  peek(ahead?: number): number | undefined
  skip(bytes?: number): void
}

/** A value at hand, with its escapes. */
class EscapedBytes implements Bytes {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isOver(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** The bytes before the next backslash, which is read over. */
  plain(): Buffer {
    const end = this.#bytes.indexOf(BACKSLASH, this.#at)
    const taken = this.#bytes.subarray(this.#at, end === -1 ? this.#bytes.length : end)
    this.#at = end === -1 ? this.#bytes.length : end + 1
    return taken
  }

  peek(ahead = 0): number | undefined {
    return this.#bytes[this.#at + ahead]
  }

  skip(bytes = 1): void {
    this.#at += bytes
  }
}

/** The byte behind a backslash, after it. */
function readMysqlEscape(bytes: Bytes): Buffer {
  const byte = bytes.peek()
  if (byte === undefined) return Buffer.alloc(0)
  bytes.skip()
  return Buffer.of(MYSQL_ESCAPES[String.fromCharCode(byte)] ?? byte)
}

/** Letters, `\101`, `\x41`; `\u0041` and `\U00000041` stand only in `E'…'`, and no dump writes them. */
function readPostgresEscape(bytes: Bytes): Buffer {
  const byte = bytes.peek()
  if (byte === undefined) return Buffer.of(BACKSLASH)
  const octal = digits(bytes, 0, 3, (one) => one >= 0x30 && one <= 0x37)
  if (octal) {
    bytes.skip(octal.length)
    return Buffer.of(Number.parseInt(octal, 8) & 0xff)
  }
  const hex = byte === 0x78 ? digits(bytes, 1, 2, isHex) : ''
  bytes.skip(1 + hex.length)
  return Buffer.of(hex ? Number.parseInt(hex, 16) : (POSTGRES_ESCAPES[String.fromCharCode(byte)] ?? byte))
}

function digits(bytes: Bytes, from: number, most: number, fits: (byte: number) => boolean): string {
  let found = ''
  for (
    let byte = bytes.peek(from);
    found.length < most && byte !== undefined && fits(byte);
    byte = bytes.peek(from + found.length)
  )
    found += String.fromCharCode(byte)
  return found
}

function bytesOfBits(bits: string): Buffer {
  const whole = bits.padStart(Math.ceil(bits.length / 8) * 8, '0')
  return Buffer.from((whole.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** SQLite's unistr(): `\XXXX`, `\+XXXXXX`, `\uXXXX`, `\UXXXXXXXX`, and two backslashes for one. */
function readUnistr(text: string): string {
  return text.replaceAll(
    /\\(?:(\\)|\+([0-9a-f]{6})|u([0-9a-f]{4})|U([0-9a-f]{8})|([0-9a-f]{4}))/gi,
    (_, backslash, six, four, eight, plain) =>
      backslash ? '\\' : String.fromCodePoint(Number.parseInt(six ?? four ?? eight ?? plain, 16)),
  )
}

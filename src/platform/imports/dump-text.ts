import { SourceError } from './source.ts'

const NEWLINE = 0x0a

/** Bytes of the longest single value that is read: more is no value of any software that we know. */
const LONGEST = 256 * 1024 * 1024

/** Thrown inside to say that what is being read goes on beyond the bytes that are there; never seen outside. */
const MORE = Symbol('more')

/**
 * The bytes of a dump, read forward in pieces. What is read of it is written as plain code over the bytes that are
 * there and done again, from the last mark, when they were too few; so that a value may go over any number of pieces,
 * and only the piece at hand is in memory.
 */
export class DumpText {
  readonly #name: string
  readonly #pieces: AsyncIterator<Uint8Array>
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #mark = 0
  #isOver = false
  /** Lines that end before the mark, and where the next one ends. */
  #lines = 0
  #lineEnd = Infinity

  constructor(name: string, pieces: AsyncIterable<Uint8Array>) {
    this.#name = name
    this.#pieces = pieces[Symbol.asyncIterator]()
  }

  /** Does some reading, as often as it takes for all its bytes to be there. It may `mark` where it is to go on. */
  async read<T>(reading: () => T): Promise<T> {
    for (;;) {
      this.mark()
      try {
        return reading()
      } catch (error) {
        if (error !== MORE) throw error
        this.#at = this.#mark
        await this.#fill()
      }
    }
  }

  /** Everything before this is done with, and will not be read again. */
  mark(): void {
    this.#mark = this.#at
  }

  /** Reads on until there is twice as much as before, so that a long value costs no more than its length. */
  async #fill(): Promise<void> {
    this.#countLines()
    const left = this.#bytes.subarray(this.#mark)
    if (left.length > LONGEST) throw this.error(`a value is longer than ${LONGEST / 1024 / 1024} MB`)
    const pieces: Uint8Array[] = [left]
    for (let length = 0; length <= left.length;) {
      const { done, value } = await this.#pieces.next()
      if (done) {
        this.#isOver = true
        break
      }
      pieces.push(value)
      length += value.length
    }
    this.#bytes = Buffer.concat(pieces)
    this.#at = this.#mark = 0
    this.#lineEnd = this.#nextLineEnd(0)
  }

  /** The line of the mark, for messages: the first is 1. */
  get line(): number {
    this.#countLines()
    return this.#lines + 1
  }

  #countLines(): void {
    for (; this.#lineEnd < this.#mark; this.#lines++) this.#lineEnd = this.#nextLineEnd(this.#lineEnd + 1)
  }

  #nextLineEnd(from: number): number {
    const end = this.#bytes.indexOf(NEWLINE, from)
    return end === -1 ? Infinity : end
  }

  error(what: string): SourceError {
    return new SourceError(`${this.#name}, line ${this.line}: ${what}`)
  }

  /** Whether nothing is left. */
  get isOver(): boolean {
    if (this.#at < this.#bytes.length) return false
    if (!this.#isOver) throw MORE
    return true
  }

  /** The byte that comes, or one after it; undefined at the end. */
  peek(ahead = 0): number | undefined {
    const byte = this.#bytes[this.#at + ahead]
    if (byte === undefined && !this.#isOver) throw MORE
    return byte
  }

  skip(bytes = 1): void {
    this.#at += bytes
  }

  /** Whether these ASCII characters come, in any case; they are read over when they do. */
  takes(text: string): boolean {
    for (let index = 0; index < text.length; index++) {
      const byte = this.peek(index)
      if (byte === undefined || fold(byte) !== fold(text.charCodeAt(index))) return false
    }
    this.skip(text.length)
    return true
  }

  /** Reads over bytes as long as they fit. */
  skipWhile(fits: (byte: number) => boolean): void {
    for (let byte = this.peek(); byte !== undefined && fits(byte); byte = this.peek()) this.#at++
  }

  /** The bytes as long as they fit. */
  takeWhile(fits: (byte: number) => boolean): Buffer {
    const start = this.#at
    this.skipWhile(fits)
    return this.#bytes.subarray(start, this.#at)
  }

  /**
   * The bytes before the next occurrence of a text, which is read over.
   *
   * @returns undefined when it does not occur any more
   */
  takeUntil(text: string): Buffer | undefined {
    const end = this.#bytes.indexOf(text, this.#at, 'latin1')
    if (end === -1) {
      if (!this.#isOver) throw MORE
      return undefined
    }
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end + text.length
    return taken
  }

  /** The rest of the line, without its end; all that is left when it is the last. */
  takeLine(): Buffer {
    const end = this.#bytes.indexOf(NEWLINE, this.#at)
    if (end === -1 && !this.#isOver) throw MORE
    const stop = end === -1 ? this.#bytes.length : end
    const line = this.#bytes.subarray(this.#at, stop)
    this.#at = end === -1 ? stop : stop + 1
    return line.at(-1) === 0x0d ? line.subarray(0, -1) : line
  }
}

/** Capital letters as small ones. */
function fold(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
}

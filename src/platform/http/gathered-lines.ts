/** Bytes of one piece, and pieces that are kept for the next lines. */
const PIECE = 64 * 1024
const KEPT = 64

/** Lines that were gathered, as they are to be written. */
export interface Piece {
  bytes: Buffer<ArrayBuffer>
  lines: number
}

/**
 * Lines of text that wait to be written, as bytes: fifty thousand texts that live for a second would be copied again and
 * again by the garbage collector, while visitors wait.
 */
export class GatheredLines {
  readonly #free: Buffer<ArrayBuffer>[] = []
  #full: Piece[] = []
  #open = Buffer.allocUnsafe(PIECE)
  #used = 0
  #lines = 0
  #all = 0

  /** Lines that wait. */
  get size(): number {
    return this.#all
  }

  /** @param line with its end, in ASCII: a byte a character */
  add(line: string): void {
    if (line.length > this.#open.length - this.#used) this.#close(line.length)
    this.#used += this.#open.write(line, this.#used, 'latin1')
    this.#lines++
    this.#all++
  }

  #close(atLeast: number): void {
    if (this.#lines > 0) this.#full.push({ bytes: this.#open.subarray(0, this.#used), lines: this.#lines })
    this.#open = (atLeast <= PIECE ? this.#free.pop() : undefined) ?? Buffer.allocUnsafe(Math.max(PIECE, atLeast))
    this.#used = 0
    this.#lines = 0
  }

  /** All that waits, in its order; from now on it is the caller's. */
  take(): Piece[] {
    if (this.#lines > 0) this.#close(0)
    const taken = this.#full
    this.#full = []
    this.#all = 0
    return taken
  }

  /** What could not be written waits again, before all that came since. */
  putBack(pieces: Piece[]): void {
    this.#full.unshift(...pieces)
    for (const { lines } of pieces) this.#all += lines
  }

  /** What was written serves again. */
  release(pieces: Piece[]): void {
    for (const { bytes } of pieces)
      if (this.#free.length < KEPT && bytes.buffer.byteLength === PIECE) this.#free.push(Buffer.from(bytes.buffer))
  }
}

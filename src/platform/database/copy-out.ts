import { Readable } from 'node:stream'
import type { Connection, Submittable } from 'pg'

/** Bytes that are handed on at a time: the server sends each row by itself, and a step of a stream costs more than its row. */
const PIECE = 256 * 1024

/**
 * What `COPY … TO STDOUT` gives, as a stream of bytes: `client.query(new CopyOut(…))` reads it, as fast as the stream is
 * read and no faster. The methods that pg calls are those of its own `Query` (pg/lib/query.js).
 */
export class CopyOut extends Readable implements Submittable {
  readonly #text: string
  #connection: Connection | undefined
  /** What has come and was not handed on; there is none before the first row. */
  #piece: Buffer<ArrayBuffer> | undefined
  #filled = 0
  /** Rows that were sent, once all of them were read. */
  rows = 0

  constructor(text: string) {
    super({ highWaterMark: PIECE })
    this.#text = text
  }

  submit(connection: Connection): void {
    this.#connection = connection
    connection.query(this.#text)
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    if (this.destroyed) return
    if (this.#filled + chunk.length > PIECE) this.#handOn()
    if (chunk.length > PIECE) this.#push(Buffer.from(chunk))
    else {
      this.#piece ??= Buffer.allocUnsafeSlow(PIECE)
      this.#piece.set(chunk, this.#filled)
      this.#filled += chunk.length
    }
  }

  /** The command's tag, `COPY 407`. */
  handleCommandComplete({ text }: { text: string }): void {
    this.rows = Number(/^COPY (\d+)$/.exec(text)?.[1])
  }

  handleReadyForQuery(): void {
    if (this.destroyed) return
    this.#handOn()
    this.push(null)
  }

  handleError(error: Error): void {
    this.destroy(error)
  }

  #handOn(): void {
    const piece = this.#piece?.subarray(0, this.#filled)
    this.#piece = undefined
    this.#filled = 0
    if (piece) this.#push(piece)
  }

  #push(piece: Buffer): void {
    if (!this.push(piece)) this.#connection?.stream.pause()
  }

  override _read(): void {
    this.#connection?.stream.resume()
  }

  /** The connection is not left standing: what still comes of the answer is thrown away. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#connection?.stream.resume()
    done(error)
  }
}

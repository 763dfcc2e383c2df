import { createHash } from 'node:crypto'
import { addAbortSignal, pipeline, Readable, Transform, type TransformCallback } from 'node:stream'
import type { StoredBlob } from './blobs.ts'

/** Lets bytes pass, and knows their number and their SHA-256 once all have passed. */
export class HashingStream extends Transform {
  readonly #hash = createHash('sha256')
  #size = 0

  /**
   * Content on its way through a measure, which breaks with whatever breaks the content, at once when the signal says
   * so. A content that was not read to its end is destroyed with the measure.
   */
  static of(content: Readable | Uint8Array, signal: AbortSignal | undefined): HashingStream {
    const measure = new HashingStream()
    const source = content instanceof Readable ? content : Readable.from([content], { objectMode: false })
    pipeline(source, measure, () => {})
    if (signal) addAbortSignal(signal, measure)
    return measure
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(chunk)
    this.#size += chunk.length
    done(null, chunk)
  }

  /** To be asked once, at the end. */
  kept(): StoredBlob {
    return { size: this.#size, sha256: this.#hash.digest('hex') }
  }
}

import { pipeline, Readable, type Transform } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { OutgoingError } from './outgoing-error.ts'

/** We ask for no encoding at all; some servers send one all the same. */
const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  // 8 MB of memory at most (RFC 9659).
  zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 23 } }),
}

interface AnswerParts {
  url: URL
  status: number
  headers: Record<string, string>
  hops: Hop[]
  body: Readable
  maxBytes: number
  /** Ends the connection, and the time that runs. */
  release: () => void
}

/** An address that led elsewhere. */
export interface Hop {
  url: string
  /** 301, 302, 303, 307 or 308. */
  status: number
}

/**
 * What an address answered: the headers are there, the body is still to be read, or to be refused. Until then a
 * connection is open: `using answer = await outgoing.fetch(…)` closes it.
 */
export class Answer implements Disposable {
  /** Address that answered, after redirects. */
  readonly url: string
  readonly status: number
  /** By lower-case name; several of one name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  /** The addresses that led here, the first one asked for first. */
  readonly hops: readonly Hop[]
  readonly #body: Readable
  readonly #maxBytes: number
  readonly #release: () => void

  constructor({ url, status, headers, hops, body, maxBytes, release }: AnswerParts) {
    this.url = url.href
    this.status = status
    this.headers = headers
    this.hops = hops
    this.#body = body
    this.#maxBytes = maxBytes
    this.#release = release
    // When the time is over before the body was read, it breaks all the same.
    body.on('error', () => {})
  }

  /**
   * The body as it comes, decoded when the server encoded it. It breaks with an OutgoingError: `too-large` as soon as
   * there is one byte too many (whether announced, sent or decoded), `timeout`, `reset`…
   */
  stream(): Readable {
    return Readable.from(this.#read(), { objectMode: false })
  }

  /** The whole body. */
  async bytes(): Promise<Buffer> {
    return Buffer.concat(await Array.fromAsync(this.#read()))
  }

  /** The whole body as text, in the charset that its type names; UTF-8 when it names none that is known. */
  async text(): Promise<string> {
    return decoderFor(this.headers['content-type'] ?? '').decode(await this.bytes())
  }

  async *#read(): AsyncGenerator<Buffer> {
    let size = 0
    try {
      if (Number(this.headers['content-length']) > this.#maxBytes) throw tooLarge(this.#maxBytes)
      for await (const chunk of this.#decoded()) {
        size += chunk.length
        if (size > this.#maxBytes) throw tooLarge(this.#maxBytes)
        yield chunk
      }
    } catch (error) {
      throw OutgoingError.of(error)
    } finally {
      this.refuse()
    }
  }

  #decoded(): Readable {
    const encoding = this.headers['content-encoding']?.toLowerCase() ?? 'identity'
    if (encoding === 'identity') return this.#body
    const decoder = DECODERS[encoding]
    if (!decoder) throw new OutgoingError('bad-answer', `the answer is encoded as ${encoding}`)
    return pipeline(this.#body, bounded(this.#maxBytes), decoder(), () => {})
  }

  /** Wants no more of it: the connection is cut at once. */
  refuse(): void {
    this.#body.destroy()
    this.#release()
  }

  [Symbol.dispose](): void {
    this.refuse()
  }
}

function tooLarge(maxBytes: number): OutgoingError {
  return new OutgoingError('too-large', `the answer has more than ${maxBytes} bytes`)
}

/** Even what decodes to nothing is bounded. */
function bounded(maxBytes: number) {
  return async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let size = 0
    for await (const chunk of source) {
      size += chunk.length
      if (size > maxBytes) throw tooLarge(maxBytes)
      yield chunk
    }
  }
}

function decoderFor(contentType: string): TextDecoder {
  const charset = /;\s*charset="?([\w:.-]+)"?/i.exec(contentType)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder()
  }
}

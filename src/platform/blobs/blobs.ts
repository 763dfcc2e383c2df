import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'

/**
 * Where bytes are kept that are too large for the database: files of the data folder, or a bucket of S3. A blob is
 * there whole or not at all; a key that is put again has the old content until the new one is whole.
 *
 * Keys are chosen by services and begin with their name: `pic/2026/0f3a`. keys.ts says what they are made of.
 *
 * @example
 * const { size, sha256 } = await blobs.put('pic/2026/0f3a', request.raw)
 * await pipeline(await blobs.get('pic/2026/0f3a', { first: 0, last: 99 }), reply.raw)
 */
export interface Blobs extends AsyncDisposable {
  /**
   * Keeps content under a key. A stream that breaks, an abort or a crash leaves under the key what was there before.
   *
   * @returns its size in bytes and its SHA-256 in hexadecimal
   * @throws BlobKeyError, or what broke the stream or the store
   */
  put(key: string, content: Readable | Uint8Array, options?: { signal?: AbortSignal }): Promise<StoredBlob>
  /**
   * The content, or a range of it. The stream must be read to its end or destroyed.
   *
   * @throws BlobMissing, BlobRangeError or BlobKeyError
   */
  get(key: string, range?: ByteRange): Promise<Readable>
  /**
   * The content as a file of this machine, where the store has such: who reads much reads it faster than a stream. The
   * reader closes it.
   *
   * @throws BlobMissing or BlobKeyError
   */
  open?(key: string): Promise<FileHandle>
  /** What is known of a blob; undefined when there is none. */
  stat(key: string): Promise<BlobStat | undefined>
  /**
   * Blobs whose key begins with a text (`pic/`; none: all), in no order; what changes meanwhile may be among them or
   * not.
   */
  list(prefix?: string): AsyncIterable<BlobStat>
  /** Removes a blob; one that is not there is removed already. */
  delete(key: string): Promise<void>
  /** Resolves when the store can be reached and written to; throws what keeps it from that. */
  look(): Promise<void>
}

/** What `put` has kept. */
export interface StoredBlob {
  /** Bytes. */
  size: number
  /** SHA-256, 64 hexadecimal digits. */
  sha256: string
}

export interface BlobStat {
  key: string
  /** Bytes. */
  size: number
  modifiedAt: Temporal.Instant
}

/** Positions of bytes as in HTTP (RFC 9110, 14.1.2): both ends are part of it, `suffix` counts from the end. */
export type ByteRange = { first: number; last?: number } | { suffix: number }

/** There is no blob under this key. */
export class BlobMissing extends Error {
  override name = 'BlobMissing'
  readonly key: string

  constructor(key: string) {
    super(`there is no blob ${key}`)
    this.key = key
  }
}

/** No byte of the blob is in the range: HTTP says 416, with the size. */
export class BlobRangeError extends Error {
  override name = 'BlobRangeError'
  readonly size: number

  constructor(key: string, size: number) {
    super(`the blob ${key} has ${size} bytes, none of them in the range`)
    this.size = size
  }
}

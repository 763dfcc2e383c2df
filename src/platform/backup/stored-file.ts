import { createReadStream, createWriteStream } from 'node:fs'
import { Transform, type Readable, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { Measure } from '../blobs/measure.ts'
import { giveToOwner } from '../children/owner.ts'
import { BackupRefused } from './refused.ts'
import type { Opening, Sealing } from './sealing.ts'

/** The fastest level is as fast as PostgreSQL gives rows, and makes them a fifth. */
const FAST = { chunkSize: 256 * 1024, params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Bytes that are read and written at a time. */
const CHUNK = 1024 * 1024

/** A file of a backup, as it lies there. */
export interface Stored {
  bytes: number
  /** SHA-256 of the file itself, in hexadecimal. */
  sum: string
}

interface StoreOptions {
  isCompressed: boolean
  sealing: Sealing | undefined
  signal: AbortSignal
}

/** Writes a stream into a new file, which is to be made to last (lasting.ts). What breaks on the way leaves the file for the caller to remove. */
export async function storeFile(content: Readable, path: string, { isCompressed, sealing, signal }: StoreOptions): Promise<Stored> {
  const small = isCompressed ? chained(chained(content, new Gather()), createZstdCompress(FAST)) : content
  const sealed = sealing ? await sealing.seal(small) : small
  const measure = new Measure()
  await pipeline(sealed, measure, createWriteStream(path, { flags: 'wx', mode: 0o600, highWaterMark: CHUNK }), { signal })
  await giveToOwner(path)
  const { size: bytes, sha256: sum } = measure.kept()
  return { bytes, sum }
}

/** Small pieces become large ones: each goes to another thread to be compressed, which costs more than compressing it. */
class Gather extends Transform {
  #pieces: Buffer[] = []
  #size = 0

  override _transform(piece: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#pieces.push(piece)
    this.#size += piece.length
    if (this.#size < FAST.chunkSize) done()
    else done(null, this.#take())
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#take())
  }

  #take(): Buffer {
    const whole = Buffer.concat(this.#pieces, this.#size)
    this.#pieces = []
    this.#size = 0
    return whole
  }
}

/** The content of a file of a backup, which was verified before. The stream must be read to its end or destroyed. */
export async function readStored(path: string, { isCompressed, opening }: { isCompressed: boolean; opening: Opening | undefined }): Promise<Readable> {
  const file = createReadStream(path, { highWaterMark: CHUNK })
  const opened = opening ? await opening.open(file) : file
  return isCompressed ? chained(opened, createZstdDecompress()) : opened
}

/** What lies in a file: its size and its sum. */
export async function measureFile(path: string): Promise<Stored> {
  const measure = new Measure()
  measure.resume()
  await pipeline(createReadStream(path, { highWaterMark: CHUNK }), measure)
  const { size: bytes, sha256: sum } = measure.kept()
  return { bytes, sum }
}

export function damaged(path: string): BackupRefused {
  return new BackupRefused(`${path} is not what was stored there: it is damaged, or was changed. Take another copy.`)
}

/** One stream through another; what breaks the first breaks the second. */
function chained(content: Readable, next: Transform): Readable {
  void pipeline(content, next).catch(() => {})
  return next
}

/** The lines of a text, as they come; what breaks the stream breaks the loop. */
export async function* linesOf(content: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of content) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

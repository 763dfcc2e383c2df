import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import type { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { HashingStream } from '../blobs/hashing-stream.ts'
import { giveToOwner } from '../children/owner.ts'
import { BackupRefused } from './refused.ts'
import type { Decryption, Encryption } from './encryption.ts'

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
  sealing: Encryption | undefined
  signal: AbortSignal
}

/**
 * Writes a stream into a new file, which is to be made to last (lasting.ts). What breaks on the way leaves the file for
 * the caller to remove.
 */
export async function storeFile(
  content: Readable,
  path: string,
  { isCompressed, sealing, signal }: StoreOptions,
): Promise<Stored> {
  const small = isCompressed ? chained(content, createZstdCompress(FAST)) : content
  const sealed = sealing ? await sealing.seal(small) : small
  const measure = new HashingStream()
  await pipeline(sealed, measure, createWriteStream(path, { flags: 'wx', mode: 0o600, highWaterMark: CHUNK }), {
    signal,
  })
  await giveToOwner(path)
  const { size: bytes, sha256: sum } = measure.kept()
  return { bytes, sum }
}

/**
 * Copies a file of this machine into a new one, as `storeFile` does with a stream, without new memory for each piece.
 * The file is closed.
 */
export async function copyFile(from: FileHandle, path: string, signal: AbortSignal): Promise<Stored> {
  await using source = from
  await using copy = await open(path, 'wx', 0o600)
  const stored = await readThrough(source, signal, (piece) => writeAll(copy, piece))
  await giveToOwner(path)
  return stored
}

async function writeAll(file: FileHandle, piece: Buffer): Promise<void> {
  for (let written = 0; written < piece.length;) written += (await file.write(piece, written)).bytesWritten
}

/**
 * Buffers for reuse: where each piece is read into a new one, the garbage collector goes through all memory over
 * and over.
 */
const idle: Buffer[] = []

/** Reads a file to its end, and tells each piece, which is read over once that was done. */
async function readThrough(
  file: FileHandle,
  signal: AbortSignal | undefined,
  work?: (piece: Buffer) => Promise<void>,
): Promise<Stored> {
  const hash = createHash('sha256')
  const buffer = idle.pop() ?? Buffer.allocUnsafeSlow(CHUNK)
  try {
    for (let bytes = 0; ;) {
      signal?.throwIfAborted()
      const { bytesRead } = await file.read(buffer, 0, CHUNK)
      if (bytesRead === 0) return { bytes, sum: hash.digest('hex') }
      const piece = buffer.subarray(0, bytesRead)
      const working = work?.(piece)
      hash.update(piece)
      await working
      bytes += bytesRead
    }
  } finally {
    idle.push(buffer)
  }
}

/** The content of a file of a backup, which was verified before. The stream must be read to its end or destroyed. */
export async function readStored(
  path: string,
  { isCompressed, opening }: { isCompressed: boolean; opening: Decryption | undefined },
): Promise<Readable> {
  const file = createReadStream(path, { highWaterMark: CHUNK })
  const opened = opening ? await opening.open(file) : file
  return isCompressed ? chained(opened, createZstdDecompress()) : opened
}

/** What lies in a file: its size and its sum. */
export async function measureFile(path: string): Promise<Stored> {
  await using file = await open(path)
  return await readThrough(file, undefined)
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

import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import type { Logger } from 'pino'
import { BlobMissing, BlobRangeError, type Blobs, type BlobStat, type ByteRange, type StoredBlob } from './blobs.ts'
import { boundsOf } from './bounds.ts'
import { checkKey, checkPrefix } from './keys.ts'
import { HashingStream } from './hashing-stream.ts'

/** Where the bucket is. */
export interface Bucket {
  /** Address of the server; undefined: Amazon's own. */
  endpoint: string | undefined
  name: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  /** Whether the bucket stands in the path (Garage, MinIO, Ceph) rather than before the host. */
  isInPath: boolean
}

/** Parts of a large blob: two are in memory at a time, and S3 takes 10 000 of them, 80 GB. */
const PARTS = { partSize: 8 * 1024 * 1024, queueSize: 2 }

/** How old an unfinished upload is when it is swept, in milliseconds. */
const LEFT_FOR = 24 * 3600 * 1000

/** Bounds of waiting, in milliseconds. */
const WAITS = { connectionTimeout: 5_000, requestTimeout: 120_000, socketTimeout: 120_000, throwOnRequestTimeout: true }

/**
 * Blobs in a bucket of S3 or of what speaks its protocol. What is larger than one part goes in parts, and is seen once
 * all are there.
 */
export class S3Blobs implements Blobs {
  readonly #client: S3Client
  readonly #bucket: string
  readonly #sweeping: Promise<void>

  constructor({ endpoint, name, region, accessKeyId, secretAccessKey, isInPath }: Bucket, log: Logger) {
    this.#bucket = name
    this.#client = new S3Client({
      ...(endpoint && { endpoint }),
      region,
      forcePathStyle: isInPath,
      credentials: { accessKeyId, secretAccessKey },
      // Streams of unknown length would go with trailing checksums, which not every server knows.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: WAITS,
    })
    this.#sweeping = this.#sweep().catch((error: unknown) =>
      log.warn({ err: error }, 'unfinished uploads to S3 could not be swept'),
    )
  }

  async put(
    key: string,
    content: Readable | Uint8Array,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<StoredBlob> {
    checkKey(key)
    const measure = HashingStream.of(content, signal)
    try {
      // It ends by itself when what it reads breaks, and takes back the parts that it has sent.
      await new Upload({
        client: this.#client,
        params: { Bucket: this.#bucket, Key: key, Body: measure },
        ...PARTS,
      }).done()
      return measure.kept()
    } catch (error) {
      throw measure.errored ?? error
    } finally {
      measure.destroy()
    }
  }

  async get(key: string, range?: ByteRange): Promise<Readable> {
    checkKey(key)
    const bounds = range && (await this.#bounds(key, range))
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({
          Bucket: this.#bucket,
          Key: key,
          ...(bounds && { Range: `bytes=${bounds.first}-${bounds.last}` }),
        }),
      )
      if (!(Body instanceof Readable)) throw new Error(`S3 gives no stream for ${key}`)
      return Body
    } catch (error) {
      throw isNamed(error, 'NoSuchKey') ? new BlobMissing(key) : error
    }
  }

  /** Servers differ in what they make of suffixes and of ranges beyond the end, so they are asked for exact ones. */
  async #bounds(key: string, range: ByteRange): Promise<{ first: number; last: number }> {
    const found = await this.stat(key)
    if (!found) throw new BlobMissing(key)
    const bounds = boundsOf(range, found.size)
    if (!bounds) throw new BlobRangeError(key, found.size)
    return bounds
  }

  async stat(key: string): Promise<BlobStat | undefined> {
    checkKey(key)
    try {
      const { ContentLength = 0, LastModified } = await this.#client.send(
        new HeadObjectCommand({ Bucket: this.#bucket, Key: key }),
      )
      return { key, size: ContentLength, modifiedAt: instantOf(LastModified) }
    } catch (error) {
      if (isNamed(error, 'NotFound')) return undefined
      throw error
    }
  }

  async *list(prefix = ''): AsyncGenerator<BlobStat> {
    checkPrefix(prefix)
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: this.#client },
      { Bucket: this.#bucket, Prefix: prefix },
    ))
      for (const { Key, Size = 0, LastModified } of Contents)
        if (Key) yield { key: Key, size: Size, modifiedAt: instantOf(LastModified) }
  }

  async delete(key: string): Promise<void> {
    checkKey(key)
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }))
  }

  async look(): Promise<void> {
    await this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket }))
  }

  /**
   * Parts that a killed process has sent are kept, unseen and paid for, until the upload is aborted. A thousand at
   * each start is enough.
   */
  async #sweep(): Promise<void> {
    const before = Date.now() - LEFT_FOR
    const { Uploads = [] } = await this.#client.send(new ListMultipartUploadsCommand({ Bucket: this.#bucket }))
    for (const { Key, UploadId, Initiated } of Uploads)
      if (Initiated && Initiated.getTime() < before)
        await this.#client.send(new AbortMultipartUploadCommand({ Bucket: this.#bucket, Key, UploadId }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sweeping
    this.#client.destroy()
  }
}

function instantOf(date: Date | undefined): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(date?.getTime() ?? 0)
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof S3ServiceException && error.name === name
}

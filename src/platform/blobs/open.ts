import { join } from 'node:path'
import type { Logger } from 'pino'
import { ConfigError } from '../config/load.ts'
import type { Config } from '../config/settings.ts'
import type { Blobs } from './blobs.ts'
import { FileBlobs } from './file-blobs.ts'

/**
 * The store of this configuration: the bucket that it names, else files of the data folder. The client of S3 is loaded
 * only when there is a bucket.
 *
 * @throws ConfigError when something that the bucket needs is not said
 */
export async function openBlobs({ s3, data }: Config, log: Logger): Promise<Blobs> {
  const {
    bucket,
    endpoint,
    region,
    access_key_id: accessKeyId,
    secret_access_key: secretAccessKey,
    path_style: isInPath,
  } = s3
  if (!bucket) {
    if (endpoint) throw new ConfigError('S3_ENDPOINT is set, and S3_BUCKET is not: expected the name of a bucket')
    return new FileBlobs(join(data, 'blobs'), log)
  }
  if (!accessKeyId || !secretAccessKey)
    throw new ConfigError('S3_BUCKET is set: expected S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY too')
  const { S3Blobs } = await import('./s3-blobs.ts')
  return new S3Blobs({ endpoint, name: bucket, region, accessKeyId, secretAccessKey, isInPath }, log)
}

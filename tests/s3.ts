/** An S3 server on a free port of loopback, with one empty bucket. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import S3rver from 's3rver'
import { emptyFolder } from './instance.ts'

export interface S3Server extends AsyncDisposable {
  /** The variables that lead an instance to it. */
  env: Record<'S3_ENDPOINT' | 'S3_BUCKET' | 'S3_ACCESS_KEY_ID' | 'S3_SECRET_ACCESS_KEY', string>
  /** Ids of the multipart uploads that were neither completed nor aborted. */
  unfinished(): string[]
  /** Makes them all look two days old. */
  ageUnfinished(): void
  /** Requests so far, as `PUT /bucket/key`. */
  requests: string[]
}

const BUCKET = 'bagad'

export async function openS3(): Promise<S3Server> {
  const directory = emptyFolder()
  const s3 = new S3rver({ directory, silent: true, vhostBuckets: false, configureBuckets: [{ name: BUCKET }] })
  await s3.configureBuckets()
  const answer = s3.callback()
  const uploads = join(directory, BUCKET, '._S3rver_uploads')
  const unfinished = () => (existsSync(uploads) ? readdirSync(uploads) : [])
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url?.split('?')[0]}`)
    if (!answerAboutUploads(request, response)) answer(request, response)
  })

  /** What this server lacks: telling which uploads are unfinished, and taking one back. */
  function answerAboutUploads(request: IncomingMessage, response: ServerResponse): boolean {
    const { searchParams } = new URL(request.url ?? '/', 'http://s3')
    const id = searchParams.get('uploadId')
    if (request.method === 'DELETE' && id) {
      rmSync(join(uploads, id), { recursive: true, force: true })
      response.writeHead(204).end()
      return true
    }
    if (request.method !== 'GET' || !searchParams.has('uploads')) return false
    const told = unfinished().map(
      (upload) =>
        `<Upload><Key>${readFileSync(join(uploads, upload, 'key'), 'utf8')}</Key><UploadId>${upload}</UploadId><Initiated>${statSync(join(uploads, upload, 'key')).mtime.toISOString()}</Initiated></Upload>`,
    )
    response.writeHead(200, { 'content-type': 'application/xml' })
    response.end(
      `<ListMultipartUploadsResult><Bucket>${BUCKET}</Bucket><IsTruncated>false</IsTruncated>${told.join('')}</ListMultipartUploadsResult>`,
    )
    return true
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    env: {
      S3_ENDPOINT: `http://127.0.0.1:${port}`,
      S3_BUCKET: BUCKET,
      S3_ACCESS_KEY_ID: 'S3RVER',
      S3_SECRET_ACCESS_KEY: 'S3RVER',
    },
    requests,
    unfinished,
    ageUnfinished: () => {
      const then = new Date(Date.now() - 48 * 3600 * 1000)
      for (const upload of unfinished()) utimesSync(join(uploads, upload, 'key'), then, then)
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

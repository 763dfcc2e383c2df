declare module 's3rver' {
  import type { RequestListener } from 'node:http'

  /** An S3 server on files. */
  export default class S3rver {
    constructor(options: {
      directory: string
      silent: boolean
      vhostBuckets: boolean
      configureBuckets: { name: string }[]
    })
    configureBuckets(): Promise<unknown>
    /** What answers to a request. */
    callback(): RequestListener
  }
}

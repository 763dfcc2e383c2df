/** Lower-case letters, digits, `.`, `_` and `-`, beginning with a letter or a digit: the same on every file system. */
const SEGMENT = '[a-z0-9][a-z0-9._-]{0,199}'
const KEY = new RegExp(`^${SEGMENT}(/${SEGMENT})*$`)
const PREFIX = new RegExp(`^(${SEGMENT}/)*(${SEGMENT})?$`)

/** S3 has 1024 bytes, file systems 4096 for a whole path. */
const LONGEST = 500

/** A key that no blob can have: always a bug of who asked, never a person's doing. */
export class BlobKeyError extends Error {
  override name = 'BlobKeyError'

  constructor(key: string) {
    super(`${JSON.stringify(key.slice(0, LONGEST))} is no key of a blob`)
  }
}

/**
 * Segments joined by `/`, such as `pic/2026/0f3a`; 500 characters in all, 200 in a segment.
 *
 * @throws BlobKeyError
 */
export function checkKey(key: string): void {
  if (key.length > LONGEST || !KEY.test(key)) throw new BlobKeyError(key)
}

/** The beginning of a key, or nothing. */
export function checkPrefix(prefix: string): void {
  if (prefix.length > LONGEST || !PREFIX.test(prefix)) throw new BlobKeyError(prefix)
}

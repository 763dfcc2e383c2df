import type { ByteRange } from './blobs.ts'

/**
 * Positions of the first and the last byte that a range has of a blob.
 *
 * @returns undefined when no byte of the blob is in the range
 */
export function boundsOf(range: ByteRange, size: number): { first: number; last: number } | undefined {
  const first = 'suffix' in range ? Math.max(0, size - range.suffix) : range.first
  const last = Math.min('suffix' in range ? size : (range.last ?? size), size - 1)
  return first >= 0 && first <= last ? { first, last } : undefined
}

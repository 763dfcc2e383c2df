import { refuseZeroBytes } from './zero-bytes.ts'
import { Refusal } from '../refusals.ts'

/** A body in parts that is damaged, or ends in the middle. */
class DamagedParts extends Error {
  override name = 'DamagedParts'
  readonly statusCode = 400
}

/**
 * Reads a body in parts. Their reader throws errors of many kinds at a body that is none.
 *
 * @throws DamagedParts, a Refusal, or what says its status itself (too large, too many)
 */
export async function readParts<Read>(reading: Promise<Read>): Promise<Read> {
  try {
    const read = await reading
    refuseZeroBytes(read)
    return read
  } catch (error) {
    throw error instanceof Refusal || (error instanceof Error && 'statusCode' in error)
      ? error
      : new DamagedParts('the parts of a body cannot be read', { cause: error })
  }
}

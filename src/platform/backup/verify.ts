import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { mapConcurrent } from '../concurrency.ts'
import type { Manifest } from './manifest.ts'
import type { BackupLocation } from './location.ts'
import { damaged, measureFile } from './stored-file.ts'
import { readSums, CHECKSUMS, type Checksum } from './checksums.ts'

/** Files that are read at once. */
const AT_ONCE = 2

/** What a verification found. */
export interface Verified {
  files: number
  bytes: number
}

interface VerifyOptions {
  /** Which files of the copy; all of them when nothing is said. */
  only?: (file: Checksum) => boolean
  progress: (line: string) => void
}

/**
 * Reads the files of a copy, and compares each with its sum.
 *
 * @throws BackupRefused naming the first file that is missing or is not what was stored
 */
export async function verifyCopy(
  place: BackupLocation,
  { id, sums }: Manifest,
  { only = () => true, progress }: VerifyOptions,
): Promise<Verified> {
  const folder = place.folderOf(id)
  await check(join(folder, CHECKSUMS), sums)
  const done: Verified = { files: 0, bytes: 0 }
  await mapConcurrent(readSums(folder), AT_ONCE, async (file) => {
    if (!only(file)) return
    done.bytes += await check(join(folder, file.path), file.sum)
    done.files++
    progress(`${done.files} files`)
  })
  return done
}

async function check(path: string, sum: string): Promise<number> {
  if (!existsSync(path)) throw damaged(path)
  const found = await measureFile(path)
  if (found.sum !== sum) throw damaged(path)
  return found.bytes
}

import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { odd, well, wrong, type Finding } from './finding.ts'

/** Room that is left when something must be done, and when something should: bytes, or a share of the disk. */
const SCARCE = { bytes: 1e9, share: 0.05 }
const SHORT = { bytes: 5e9, share: 0.15 }

/** Looks at the room on the disks of some folders. */
export async function examineDisks(folders: readonly string[]): Promise<Finding[]> {
  return Promise.all(folders.filter((folder) => existsSync(folder)).map(examine))
}

async function examine(folder: string): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(folder)
  const left = { bytes: bavail * bsize, share: bavail / blocks }
  const isLess = (bound: typeof left) =>
    left.bytes < bound.bytes || (left.share < bound.share && left.bytes < bound.bytes * 20)
  const what = `the disk of ${folder} has ${(left.bytes / 1e9).toFixed(1)} GB left, ${Math.floor(left.share * 100)}%`
  if (isLess(SCARCE)) return wrong(what, 'make room: when it is full, nothing can be written')
  return isLess(SHORT) ? odd(what, 'make room before it is full') : well(what)
}

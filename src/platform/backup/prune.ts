import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupLocation } from './location.ts'
import { readSums } from './checksums.ts'

/** Of how many days, weeks and months the last copy is kept. */
export interface KeepPolicy {
  daily: number
  weekly: number
  monthly: number
}

/** A copy, by its id, with the moment of its rows. */
export interface Dated {
  id: string
  madeAt: Temporal.Instant
}

/**
 * The copies that may go: neither the last of a day, a week or a month that is to be kept, nor the very last. Only
 * times that have a copy count: after a month without any, the seven last days with one are still kept.
 */
export function expiredCopies(
  copies: readonly Dated[],
  { daily, weekly, monthly }: KeepPolicy,
  timeZone: string,
): string[] {
  const newestFirst = copies.toSorted((one, other) => Temporal.Instant.compare(other.madeAt, one.madeAt))
  const kept = new Set(newestFirst.slice(0, 1).map(({ id }) => id))
  const dayOf = ({ madeAt }: Dated) => madeAt.toZonedDateTimeISO(timeZone).toPlainDate()
  const times: [number, (copy: Dated) => string][] = [
    [daily, (copy) => dayOf(copy).toString()],
    [weekly, (copy) => `${dayOf(copy).yearOfWeek} ${dayOf(copy).weekOfYear}`],
    [monthly, (copy) => dayOf(copy).toPlainYearMonth().toString()],
  ]
  for (const [count, timeOf] of times) {
    const seen = new Set<string>()
    for (const copy of newestFirst) {
      if (seen.has(timeOf(copy)) || seen.size >= count) continue
      seen.add(timeOf(copy))
      kept.add(copy.id)
    }
  }
  return copies.filter(({ id }) => !kept.has(id)).map(({ id }) => id)
}

/** Removes the copies that may go, and the contents that only they had. @returns their ids */
export async function pruneCopies(place: BackupLocation, keeping: KeepPolicy, timeZone: string): Promise<string[]> {
  const copies = place.copies.map((id) => ({ id, madeAt: Temporal.Instant.from(place.manifest(id).madeAt) }))
  const removed = expiredCopies(copies, keeping, timeZone)
  for (const id of removed) place.remove(id)
  if (removed.length > 0) await pruneContents(place)
  return removed
}

/**
 * Removes the contents that no whole copy has.
 *
 * @returns how many
 */
export async function pruneContents(place: BackupLocation): Promise<number> {
  const used = new Set<string>()
  for (const copy of place.copies)
    for await (const { sum, path } of readSums(place.folderOf(copy))) if (path.startsWith('../')) used.add(sum)
  let dropped = 0
  const contents = join(place.folder, 'contents')
  for (const folder of await readdir(contents)) {
    if (folder === 'unfinished') continue
    for (const name of await readdir(join(contents, folder))) {
      if (used.has(name)) continue
      await rm(join(contents, folder, name), { force: true })
      dropped++
    }
  }
  return dropped
}

import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { giveToOwnerNow } from '../children/owner.ts'
import { FORMAT, hasManifest, readManifest, type Manifest } from './manifest.ts'
import { BackupRefused } from './refused.ts'

/** Tells a folder of backups from any other. */
const MARK = 'bagad-backup.json'

const Mark = Type.Object({ format: Type.Integer(), place: Type.String(), key: Type.String() })

/**
 * A folder of backups: `contents/` has each content once, `copies/<moment>/` the rows of each copy, and the sums of
 * everything that belongs to it.
 */
export class BackupLocation {
  readonly folder: string
  /** Number of the place. */
  readonly id: string
  readonly #key: string

  private constructor(folder: string, { place, key }: { place: string; key: string }) {
    this.folder = folder
    this.id = place
    this.#key = key
  }

  /**
   * The place of an instance's backups; a folder that is empty or absent becomes one.
   *
   * @param key name of the instance's key
   * @throws BackupRefused when the folder holds something else, or the backups of another instance
   */
  static prepare(path: string, key: string): BackupLocation {
    const folder = resolve(path)
    const mark = join(folder, MARK)
    if (!existsSync(mark)) {
      if (existsSync(folder) && readdirSync(folder).some((name) => name !== 'lost+found'))
        throw new BackupRefused(
          `${folder} holds something else than backups. Choose an empty folder, or one that does not exist yet.`,
        )
      for (const name of ['copies', 'contents/unfinished']) makeFolder(join(folder, name))
      writeFileSync(mark, `${JSON.stringify({ format: FORMAT, place: randomUUID(), key })}\n`, {
        mode: 0o600,
        flag: 'wx',
      })
      giveToOwnerNow(mark)
    }
    const place = BackupLocation.open(folder)
    if (place.#key !== key)
      throw new BackupRefused(
        `${folder} holds the backups of another instance (of another key). Choose another folder.`,
      )
    return place
  }

  /** @throws BackupRefused when there are no backups in it */
  static open(path: string): BackupLocation {
    const folder = resolve(path)
    const mark = join(folder, MARK)
    if (!existsSync(mark)) throw new BackupRefused(`there are no backups in ${folder}.`)
    const read: unknown = JSON.parse(readFileSync(mark, 'utf8'))
    if (!Value.Check(Mark, read)) throw new BackupRefused(`${mark} is damaged.`)
    if (read.format > FORMAT)
      throw new BackupRefused(
        `the backups in ${folder} were written by a newer Bagad. Use that version, or a newer one.`,
      )
    return new BackupLocation(folder, read)
  }

  /** Ids of the whole copies, the oldest first. */
  get copies(): string[] {
    return this.#begun.filter((id) => hasManifest(this.folderOf(id)))
  }

  get #begun(): string[] {
    return readdirSync(join(this.folder, 'copies')).toSorted()
  }

  folderOf(copy: string): string {
    return join(this.folder, 'copies', copy)
  }

  /** Path of a content, by the sum that it is named after. */
  pathOf(name: string): string {
    return join(this.folder, 'contents', name.slice(0, 2), name)
  }

  /**
   * The manifest of a copy; of the last one when none is named.
   *
   * @throws BackupRefused when there is no such copy, or it is damaged
   */
  manifest(copy?: string): Manifest {
    const last = this.copies.at(-1)
    const wanted = copy ?? last
    if (!wanted) throw new BackupRefused(`there is no whole copy in ${this.folder}.`)
    if (!this.copies.includes(wanted))
      throw new BackupRefused(`there is no copy ${wanted} in ${this.folder}; the last one is ${last ?? 'none'}.`)
    return readManifest(this.folderOf(wanted))
  }

  /** Makes the folder of a new copy. */
  begin(now: Temporal.Instant): { id: string; folder: string } {
    const moment = now.toString({ smallestUnit: 'second' }).replaceAll(':', '-')
    for (let number = 1; ; number++) {
      const id = number === 1 ? moment : `${moment}-${number}`
      if (this.#begun.includes(id)) continue
      const folder = this.folderOf(id)
      makeFolder(join(folder, 'tables'))
      return { id, folder }
    }
  }

  /** Removes what killed backups have left: copies without a manifest, contents that were being written. */
  sweep(): void {
    for (const id of this.#begun) if (!hasManifest(this.folderOf(id))) this.remove(id)
    const unfinished = join(this.folder, 'contents', 'unfinished')
    rmSync(unfinished, { recursive: true, force: true })
    makeFolder(unfinished)
  }

  remove(copy: string): void {
    // Without its manifest it is no copy any more, whatever else is left when this is killed.
    rmSync(join(this.folderOf(copy), 'manifest.json'), { force: true })
    rmSync(this.folderOf(copy), { recursive: true, force: true })
  }
}

/** Makes a folder and those above it, closed to others, for whom the first of them is in. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder, { mode: 0o700 })
  giveToOwnerNow(folder)
}

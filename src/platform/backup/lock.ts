import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Blobs } from '../blobs/blobs.ts'
import { makeFolder } from './location.ts'
import { BackupRefused } from './refused.ts'
import type { Tree } from './trees.ts'

/**
 * Marks the store of blobs and the folders of trees as being filled by one restore, by its number: what a killed one
 * has left is recognised, and nothing else is ever removed for it.
 */
export class BackupLock {
  readonly id: string
  readonly #blobs: Blobs | undefined
  readonly #trees: readonly Tree[]

  /**
   * @param blobs undefined when the copy has none
   * @param begun number of the restore that was killed here, if one was
   */
  constructor({
    blobs,
    trees,
    begun,
  }: {
    blobs: Blobs | undefined
    trees: readonly Tree[]
    begun: string | undefined
  }) {
    this.id = begun ?? randomUUID()
    this.#blobs = blobs
    this.#trees = trees
  }

  get #key(): string {
    return `restoring/${this.id}`
  }

  /**
   * @throws BackupRefused when something is there that is not of this restore: what a copy brings must not mix with it
   */
  async refuseFull(): Promise<void> {
    if (this.#blobs && !(await this.#blobs.stat(this.#key)))
      for await (const { key } of this.#blobs.list()) throw full(`there are blobs already (${key})`)
    for (const { folder } of this.#trees)
      if (!this.#isOurs(folder) && existsSync(folder) && readdirSync(folder).length > 0)
        throw full(`${folder} is not empty`)
  }

  #isOurs(folder: string): boolean {
    return existsSync(join(folder, this.#mark))
  }

  get #mark(): string {
    return `.restoring-${this.id}`
  }

  /** Marks everything, and removes what the killed restore had put there. */
  async take(): Promise<void> {
    await this.#blobs?.put(this.#key, Buffer.from('a backup is being restored\n'))
    for (const { folder } of this.#trees) {
      makeFolder(folder)
      writeFileSync(join(folder, this.#mark), '')
    }
    await this.#clear()
  }

  /** What is there stays. */
  async release(): Promise<void> {
    await this.#blobs?.delete(this.#key)
    for (const { folder } of this.#trees) rmSync(join(folder, this.#mark), { force: true })
  }

  /** Makes everything empty again. */
  async undo(): Promise<void> {
    await this.#clear()
    await this.release()
  }

  async #clear(): Promise<void> {
    if (this.#blobs)
      for await (const { key } of this.#blobs.list()) if (key !== this.#key) await this.#blobs.delete(key)
    for (const { folder } of this.#trees)
      for (const name of readdirSync(folder))
        if (name !== this.#mark) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

function full(what: string): BackupRefused {
  return new BackupRefused(
    `${what}. A copy is restored into an empty instance: set BAGAD_DATA to a new folder, or S3_BUCKET to an empty bucket.`,
  )
}

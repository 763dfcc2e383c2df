import { createReadStream, createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { giveToOwner } from '../children/owner.ts'
import { linesOf, measureFile } from './stored-file.ts'

/** In the form of `sha256sum`, which checks it too: a sum, two spaces, a path relative to the copy's folder. */
export const CHECKSUMS = 'SHA256SUMS'

/** One file that belongs to a copy. */
export interface Checksum {
  sum: string
  /** Relative to the copy's folder: `tables/link.link`, `../../contents/ab/ab…`. */
  path: string
}

/** Writes down the sums of everything that belongs to a copy. */
export class ChecksumFile {
  readonly #path: string
  readonly #stream: WriteStream

  constructor(copyFolder: string) {
    this.#path = join(copyFolder, CHECKSUMS)
    this.#stream = createWriteStream(this.#path, { flags: 'wx', mode: 0o600, flush: true })
    this.#stream.on('error', () => {})
  }

  async add({ sum, path }: Checksum): Promise<void> {
    if (this.#stream.errored) throw this.#stream.errored
    if (!this.#stream.write(`${sum}  ${path}\n`)) await once(this.#stream, 'drain')
  }

  /** @returns the sum of the file itself */
  async close(): Promise<string> {
    this.#stream.end()
    await once(this.#stream, 'close')
    if (this.#stream.errored) throw this.#stream.errored
    await giveToOwner(this.#path)
    return (await measureFile(this.#path)).sum
  }

  destroy(): void {
    this.#stream.destroy()
  }
}

export async function* readSums(copyFolder: string): AsyncGenerator<Checksum> {
  for await (const line of linesOf(createReadStream(join(copyFolder, CHECKSUMS)))) {
    const [, sum, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
    if (sum && path) yield { sum, path }
  }
}

export function contentPath(name: string): string {
  return `../../contents/${name.slice(0, 2)}/${name}`
}

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { Decrypter, Encrypter } from 'age-encryption'
import { BackupRefused } from './refused.ts'

/**
 * Encrypts what leaves for a backup, so that only those can read it who hold an identity (https://age-encryption.org).
 */
export class Encryption {
  readonly recipients: readonly string[]
  readonly #encrypter = new Encrypter()

  /**
   * @param recipients `age1…`, one at least
   * @throws BackupRefused when one of them is none
   */
  constructor(recipients: readonly string[]) {
    this.recipients = recipients
    for (const recipient of recipients) {
      try {
        this.#encrypter.addRecipient(recipient)
      } catch {
        throw new BackupRefused(
          `"${recipient}" is no recipient of age: expected a text that begins with age1 ("age-keygen -y" prints it).`,
        )
      }
    }
  }

  async seal(content: Readable): Promise<Readable> {
    return streamOf(await this.#encrypter.encrypt(webStreamOf(content)))
  }

  /** For whom, in short: contents that were sealed for others must be sealed anew. */
  get name(): string {
    return createHash('sha256').update(this.recipients.toSorted().join(' ')).digest('hex').slice(0, 16)
  }
}

/** Opens what a backup has sealed. */
export class Decryption {
  readonly #decrypter = new Decrypter()

  /**
   * @param file an identity file of age: lines `AGE-SECRET-KEY-…`, and comments
   * @throws BackupRefused when it holds none
   */
  constructor(file: string) {
    const identities = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.startsWith('AGE-SECRET-KEY-'))
    if (identities.length === 0)
      throw new BackupRefused(`${file} holds no identity of age: expected a line that begins with AGE-SECRET-KEY-.`)
    for (const identity of identities) this.#decrypter.addIdentity(identity)
  }

  /** @throws BackupRefused when none of the identities opens it */
  async open(sealed: Readable): Promise<Readable> {
    try {
      return streamOf(await this.#decrypter.decrypt(webStreamOf(sealed)))
    } catch (error) {
      sealed.destroy()
      throw error instanceof Error && error.message.startsWith('no identity matched')
        ? new BackupRefused('this backup is encrypted for others: none of the identities opens it.')
        : error
    }
  }
}

function webStreamOf(content: Readable): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = content[Symbol.asyncIterator]()
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: () => void content.destroy(),
  })
}

function streamOf(content: ReadableStream<Uint8Array>): Readable {
  async function* chunks() {
    const reader = content.getReader()
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
    } finally {
      await reader.cancel()
    }
  }
  return Readable.from(chunks(), { objectMode: false })
}

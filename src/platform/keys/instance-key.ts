import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { StartRefused } from '../children/account.ts'
import { giveToOwnerNow } from '../children/owner.ts'
import type { Config } from '../config/settings.ts'

/** Bytes of the key. */
const LENGTH = 32

/** Name of the systemd credential that may hold the key. */
const CREDENTIAL = 'bagad-key'

/**
 * The secret of the instance, from which all others are derived: it signs what comes back to us through strangers, and
 * seals what the database must not say in clear. It lies in a file that only the owner of the data may read, never in
 * the database.
 */
export class InstanceKey {
  readonly #key: Buffer
  /** Keys that names are made and things sealed with, by purpose: deriving one costs more than using it. */
  readonly #derived = new Map<string, Buffer>()

  constructor(key: Buffer) {
    this.#key = key
  }

  /**
   * Reads the key: the file that the configuration names, a systemd credential `bagad-key`, else `<data>/instance.key`,
   * which is made at the first start.
   *
   * @throws StartRefused when the file is no key, or is open to others
   */
  static open(config: Pick<Config, 'key_file' | 'data'>): InstanceKey {
    const path = InstanceKey.pathOf(config)
    if (!existsSync(path)) makeKey(path)
    if (statSync(path).mode & 0o007)
      throw new StartRefused(
        `${path} holds the instance's secret and can be read by everyone. Close it: chmod 600 ${path}`,
      )
    const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url')
    if (key.length !== LENGTH)
      throw new StartRefused(
        `${path} holds no instance key. Put the right file back: without it, what it sealed cannot be read.`,
      )
    return new InstanceKey(key)
  }

  /** Where the key of an installation is, or will be. */
  static pathOf({ key_file: named, data }: Pick<Config, 'key_file' | 'data'>): string {
    const credential = join(process.env['CREDENTIALS_DIRECTORY'] ?? '/nonexistent', CREDENTIAL)
    return named ?? (existsSync(credential) ? credential : join(data, 'instance.key'))
  }

  /** The key as its file has it: for nothing but a backup that encrypts it. */
  get text(): string {
    return this.#key.toString('base64url')
  }

  /** A key for one purpose, named in words; 32 bytes (HKDF, RFC 5869). */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key, '', `bagad ${purpose}`, LENGTH))
  }

  /** A name for something that must not be kept in clear; the same in every process, useless without the key. */
  keyedHash(purpose: string, secret: string): Buffer {
    return createHmac('sha256', this.#keyFor(purpose)).update(secret).digest()
  }

  /** Seals what the database must keep and not say: AES-256-GCM, as nonce, tag and text. */
  encrypt(purpose: string, plain: Buffer): Buffer {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#keyFor(`seal ${purpose}`), nonce)
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
  }

  /** @throws Error when it was sealed with another key, for another purpose, or changed since */
  decrypt(purpose: string, sealed: Buffer): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', this.#keyFor(`seal ${purpose}`), sealed.subarray(0, 12))
    decipher.setAuthTag(sealed.subarray(12, 28))
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
  }

  #keyFor(purpose: string): Buffer {
    const key = this.#derived.get(purpose) ?? this.derive(purpose)
    this.#derived.set(purpose, key)
    return key
  }
}

/** Whole or absent, and once only: two first starts at the same time end with one key. */
function makeKey(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const unfinished = `${path}.${randomUUID()}`
  writeFileSync(unfinished, `${randomBytes(LENGTH).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  giveToOwnerNow(unfinished)
  try {
    linkSync(unfinished, path)
  } catch (error) {
    if (!existsSync(path)) throw error
  } finally {
    rmSync(unfinished)
  }
}

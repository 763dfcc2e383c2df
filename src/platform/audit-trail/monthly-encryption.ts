import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { InstanceKey } from '../keys/instance-key.ts'

/** Bytes of the nonce and of the tag of AES-256-GCM (NIST SP 800-38D). */
const NONCE = 12
const TAG = 16

const CIPHER = 'aes-256-gcm'

/** Seals texts with a key of their month, so that no key seals so many that nonces could meet. */
export class MonthlyEncryption {
  readonly #key: InstanceKey
  readonly #purpose: string
  readonly #months = new Map<string, Buffer>()

  /** @param purpose in words, `traces` */
  constructor(key: InstanceKey, purpose: string) {
    this.#key = key
    this.#purpose = purpose
  }

  /** @param beside what stands beside it in clear, and cannot be changed without breaking the seal */
  close(text: string, at: Temporal.Instant, beside: Buffer): Buffer {
    const nonce = randomBytes(NONCE)
    const cipher = createCipheriv(CIPHER, this.#keyOf(at), nonce)
    cipher.setAAD(beside)
    const body = Buffer.concat([cipher.update(text), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), body])
  }

  /** @throws Error when it was changed, or sealed with another key */
  open(sealed: Buffer, at: Temporal.Instant, beside: Buffer): string {
    const decipher = createDecipheriv(CIPHER, this.#keyOf(at), sealed.subarray(0, NONCE))
    decipher.setAAD(beside)
    decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG))
    return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]).toString()
  }

  #keyOf(at: Temporal.Instant): Buffer {
    const month = at.toString().slice(0, 7)
    const key = this.#months.get(month) ?? this.#key.derive(`${this.#purpose} ${month}`)
    this.#months.set(month, key)
    return key
  }
}

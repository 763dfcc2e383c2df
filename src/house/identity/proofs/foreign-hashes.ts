import { createHash, timingSafeEqual } from 'node:crypto'
import { compare, getRounds } from 'bcryptjs'
import { verify as isCrypt } from 'unixcrypt'
import { isPassword } from '../../../platform/passwords/passwords.ts'

/** Maximum rounds of sha512-crypt and cost of bcrypt: an imported hash beyond them would block the server. */
const MOST = { rounds: 1_000_000, bcrypt: 16 }

/**
 * Normalises a hash of other software: removes Nextcloud's version (`1|`, `2|`, `3|`) and Dovecot's scheme
 * (`{SSHA512}`, `{BLF-CRYPT}`…; https://doc.dovecot.org, password schemes), which the rest of the hash repeats.
 *
 * @returns undefined when the format is not supported
 */
export function readForeignHash(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^[123]\|/, '')
    .replace(/^\{(ARGON2ID|ARGON2I|ARGON2|BLF-CRYPT|SHA512-CRYPT|SHA256-CRYPT|CRYPT)\}/i, '')
  return CHECKS.some(({ form }) => form.test(bare)) ? bare : undefined
}

interface Check {
  form: RegExp
  holds(password: string, hash: string): Promise<boolean>
}

const CHECKS: Check[] = [
  { form: /^\$argon2id?\$/, holds: isPassword },
  {
    form: /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/,
    // PHP writes $2y$ where others write $2b$.
    holds: async (password, hash) => getRounds(hash) <= MOST.bcrypt && compare(password, hash.replace('$2y$', '$2b$')),
  },
  {
    form: /^\$[56]\$(rounds=\d{4,7}\$)?[./A-Za-z0-9]{0,16}\$[./A-Za-z0-9]{43,86}$/,
    holds: async (password, hash) =>
      Number(/rounds=(\d+)/.exec(hash)?.[1] ?? 5000) <= MOST.rounds && isCrypt(password, hash),
  },
  {
    form: /^\{S?SHA(256|512)?\}[A-Za-z0-9+/]{27,200}={0,2}$/i,
    holds: async (password, hash) => isSalted(password, hash),
  },
]

/**
 * Whether a password matches a hash, ours or one of other software.
 *
 * @throws TooBusy when too many are being hashed already
 */
export async function isRightPassword(password: string, hash: string): Promise<boolean> {
  const check = CHECKS.find(({ form }) => form.test(hash))
  return check ? check.holds(password, hash) : false
}

/** RFC 2307 and its longer variants: the hash of password and salt, then the salt, in base64. */
function isSalted(password: string, hash: string): boolean {
  const [, name = '', text = ''] = /^\{S?(SHA(?:256|512)?)\}(.*)$/i.exec(hash) ?? []
  const algorithm = { SHA: 'sha1', SHA256: 'sha256', SHA512: 'sha512' }[name.toUpperCase()] ?? 'sha1'
  const bytes = Buffer.from(text, 'base64')
  const length = { sha1: 20, sha256: 32, sha512: 64 }[algorithm] ?? 20
  const given = createHash(algorithm).update(password).update(bytes.subarray(length)).digest()
  return bytes.length >= length && timingSafeEqual(given, bytes.subarray(0, length))
}

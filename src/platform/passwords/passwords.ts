import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { ConcurrencyLimiter } from '../limits/concurrency-limiter.ts'

const hashWith = promisify(argon2)

/** OWASP's parameters for argon2id: 19 MiB, two passes, one lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 }

/** Hashes at once: two at most, and a core is left for everything else. */
export const HASHES_AT_ONCE = Math.max(1, Math.min(2, availableParallelism() - 1))

/** How many may be asked for at once: 19 MiB each, so the bound is one of memory. */
const limiter = new ConcurrencyLimiter({ atOnce: HASHES_AT_ONCE, waiting: 52 - HASHES_AT_ONCE })

/**
 * `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>` (PHC string format), base64 without padding; others hash with argon2i.
 */
const PHC =
  /^\$(argon2id|argon2i)\$v=19\$m=(\d{3,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/**
 * Hashes a password for keeping.
 *
 * @param password octets as sent, no normalisation
 * @returns a PHC string
 * @throws TooBusy when too many are being hashed already
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await limiter.run(() => hashWith('argon2id', { ...COST, nonce: salt, message: password }))
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${plain(salt)}$${plain(hash)}`
}

/**
 * Whether a password is the one that was kept, in constant time.
 *
 * @throws TooBusy when too many are being hashed already
 */
export async function isPassword(password: string, phc: string): Promise<boolean> {
  const [, algorithm, memory, passes, parallelism, salt = '', hash = ''] = PHC.exec(phc) ?? []
  if (algorithm !== 'argon2id' && algorithm !== 'argon2i') return false
  const kept = Buffer.from(hash, 'base64')
  const parameters = {
    message: password,
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: kept.length,
    nonce: Buffer.from(salt, 'base64'),
  }
  return timingSafeEqual(await limiter.run(() => hashWith(algorithm, parameters)), kept)
}

function plain(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}

import { isDatabaseAway } from '../database/away.ts'
import { words } from '../language/own-words.ts'
import { TooBusy } from '../passwords/too-busy.ts'
import { defineRefusals, Refusal } from '../refusals.ts'

/** Seconds after which another try makes sense. */
const RETRY_AFTER = 5

/** What the platform refuses whatever was asked. */
export const ownRefusals = defineRefusals('platform', words, {
  unavailable: { status: 503 },
  'too-busy': { status: 503 },
  /** More often than the service's rates allow. */
  'too-many-acts': { status: 429 },
  /** A page of ours was left open too long, or the write does not come from one. */
  'csrf-token-missing': { status: 403 },
  'foreign-address': { status: 400 },
  'sso-code-expired': { status: 410 },
  /** It was taken down before, or comes from where such things came from; the words do not say which. */
  'content-denied': { status: 422 },
  /** A text that a person wrote. */
  'text-has-zero-byte': { status: 422 },
  'text-too-long': { status: 422 },
  /** A file that a person sent. */
  'file-missing': { status: 422 },
  'file-too-large': { status: 413 },
  'picture-invalid': { status: 422, field: 'picture' },
  'picture-too-large': { status: 413, field: 'picture' },
  'moderation-disabled': { status: 404 },
  'authentication-required': { status: 401 },
  'invalid-token': { status: 401 },
  'too-many-invalid-tokens': { status: 429 },
  'insufficient-scope': { status: 403 },
  'moderators-only': { status: 403 },
})

/**
 * What can be told to a person of what was thrown: the refusal itself, `unavailable` when the database is away, or
 * `too-busy` when the machine has too much to do. A form comes back with it, and with what was written.
 *
 * @returns undefined when it is a bug
 */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (error instanceof TooBusy) return tooBusy()
  return isDatabaseAway(error) ? ownRefusals('unavailable', { retryAfter: RETRY_AFTER }) : undefined
}

/** More is asked at once than the machine can do: nothing was done. */
export function tooBusy(): Refusal {
  return ownRefusals('too-busy', { retryAfter: RETRY_AFTER })
}

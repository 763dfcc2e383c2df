import { defineRefusals } from '../../platform/refusals.ts'
import { words } from './words.ts'

/** The refusals of moderation; `field` is the form field that they are about. */
export const refuse = defineRefusals('desk', words, {
  'too-many-addresses': { status: 422, field: 'url' },
  'no-category': { status: 422, field: 'category' },
  'no-address': { status: 422, field: 'url' },
  'foreign-content': { status: 422, field: 'url' },
  'no-content': { status: 404, field: 'url' },
  'already-removed': { status: 410, field: 'url' },
  'not-removed': { status: 409, field: 'url' },
  'no-explanation': { status: 422, field: 'explanation' },
  'email-invalid': { status: 422, field: 'email' },
  'too-many-reports': { status: 429 },
  'no-reason': { status: 422, field: 'reason' },
  'no-source': { status: 409 },
  'source-is-account': { status: 409 },
  'no-recipient': { status: 409 },
  'no-hash': { status: 409 },
  'no-evidence': { status: 404 },
  'second-person': { status: 409 },
  'decided-meanwhile': { status: 409 },
  'second-decides': { status: 409 },
  'too-late': { status: 409 },
  'content-gone': { status: 409 },
})

import { defineRefusals } from '../../src/platform/refusals.ts'
import { words } from './words.ts'

export const refuse = defineRefusals('board', words, {
  'no-title': { status: 422, field: 'title' },
  'no-text': { status: 422, field: 'text' },
  'email-invalid': { status: 422, field: 'email' },
  'too-many-notices': { status: 429 },
  'too-many-answers': { status: 429 },
  'unknown-notice': { status: 404 },
  hidden: { status: 451 },
  removed: { status: 410 },
})

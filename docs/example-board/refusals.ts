import { defineRefusals } from '../../src/platform/refusals.ts'
import { words } from './words.ts'

export const refuse = defineRefusals('board', words, {
  'no-title': { status: 422, field: 'title' },
  'no-text': { status: 422, field: 'text' },
  'email-invalid': { status: 422, field: 'email' },
  'unknown-notice': { status: 404 },
  hidden: { status: 451, isAppealable: true },
  removed: { status: 410, isAppealable: true },
})

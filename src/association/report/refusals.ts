import { defineRefusals } from '../../platform/refusals.ts'
import { words } from './words.ts'

/** The refusals of figures and reports; `field` is the form field concerned. */
export const refuse = defineRefusals('report', words, {
  unknown: { status: 404 },
  'no-figure': { status: 404 },
  'no-date': { status: 422, field: 'date' },
  'no-value': { status: 422, field: 'value' },
  'no-break': { status: 404 },
  'unreadable-import': { status: 422, field: 'file' },
  'empty-import': { status: 422, field: 'file' },
  conflict: { status: 409 },
  'reason-missing': { status: 422, field: 'reason' },
  'snapshot-taken': { status: 409, field: 'name' },
  'snapshot-future': { status: 422, field: 'date' },
  begun: { status: 409, field: 'year' },
  'not-now': { status: 409 },
  clash: { status: 409 },
  'open-gaps': { status: 409 },
  'not-published': { status: 409 },
  'not-allowed': { status: 403 },
  'pdf-missing': { status: 503 },
  'pdf-failed': { status: 500 },
  'property-wrong': { status: 422 },
})

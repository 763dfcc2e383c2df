import { defineRefusals } from '../../platform/refusals.ts'
import { words } from './words.ts'

/** What link refuses; `field` is the field of the form that it is about. */
export const refuse = defineRefusals('link', words, {
  'no-address': { status: 422, field: 'url' },
  'not-an-address': { status: 422, field: 'url' },
  'not-the-web': { status: 422, field: 'url' },
  'with-credentials': { status: 422, field: 'url' },
  'too-long': { status: 422, field: 'url' },
  'own-address': { status: 422, field: 'url' },
  unknown: { status: 404 },
  gone: { status: 410 },
})

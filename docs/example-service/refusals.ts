import { defineRefusals } from '../../src/platform/refusals.ts'
import { words } from './words.ts'

export const refuse = defineRefusals('bell', words, { 'no-name': { status: 422, field: 'who' } })

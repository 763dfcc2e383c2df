import { readText } from '../../platform/text/read.ts'
import { refuse } from './refusals.ts'

/** Maximum length of a reason, and of an internal note, in characters. */
export const REASON = { longest: 2000 }
export const NOTE = { longest: 4000 }

/** @throws Refusal `no-reason`, `text-has-zero-byte`, `text-too-long` */
export function readReason(text: string): string {
  const reason = readText(text, REASON)
  if (reason === '') throw refuse('no-reason')
  return reason
}

import { readText } from '../../platform/text/read.ts'
import { refuse } from './refusals.ts'

/** The most characters of a reason or comment. */
export const REASON = { longest: 5000 }

/** @throws Refusal `reason-missing`, `text-has-zero-byte`, `text-too-long` */
export function readReason(text = ''): string {
  const reason = readText(text, REASON)
  if (reason === '') throw refuse('reason-missing')
  return reason
}

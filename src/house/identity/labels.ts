import { readLine } from '../../platform/text/read.ts'

/** Labels that people give to passkeys, tokens and app passwords; maximum length in characters. */
export const LABEL = { longest: 80 }

/** @throws Refusal `text-has-zero-byte`, `text-too-long` */
export function readLabel(text: string): string {
  return readLine(text, LABEL)
}

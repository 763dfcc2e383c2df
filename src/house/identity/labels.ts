import { readLine } from '../../platform/text/read.ts'

/** What somebody calls a passkey, a key or a password of theirs. */
export const LABEL = { longest: 80 }

/** @throws Refusal `text-has-zero-byte`, `text-too-long` */
export function readLabel(text: string): string {
  return readLine(text, LABEL)
}

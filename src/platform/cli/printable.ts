/**
 * A text of strangers as a line for a terminal: control characters, and those that turn the direction of writing, are
 * shown as `�`.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, '\ufffd')
}

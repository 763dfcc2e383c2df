/**
 * Name and domain as mail is really addressed: no quotes, no comments, no address literals, nothing that could end a
 * line.
 */
const MAILBOX =
  /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@([\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)*[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u

/**
 * Whether a text is one mail address, as people write them: `name@example.org`, 254 characters at most (RFC 5321,
 * 4.5.3.1.3).
 */
export function isMailbox(text: string): boolean {
  return text.length <= 254 && MAILBOX.test(text) && !/^\.|\.\.|\.@/.test(text)
}

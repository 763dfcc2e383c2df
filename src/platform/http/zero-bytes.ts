import { badRequest } from './unreadable.ts'

/** Whether an address has a zero byte: no database text can hold one, and no honest request has one. */
export function hasZeroByte(url: string): boolean {
  return url.includes('%00') || url.includes('\0')
}

/**
 * Refuses a zero byte in any text of a body that was read. Bytes of files are not looked at.
 *
 * @throws what is shown as 400
 */
export function refuseZeroBytes(body: unknown): void {
  // Not recursive: a body may be nested deeper than the stack.
  const values = [body]
  for (const value of values) {
    if (typeof value === 'string' && value.includes('\0')) throw badRequest()
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) continue
    for (const [name, inner] of Object.entries(value)) values.push(name, inner)
  }
}

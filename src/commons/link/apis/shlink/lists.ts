import { Type } from 'typebox'

/** A field of an address that may come several times, as `tags[]` does. */
export const Listed = Type.Optional(Type.Union([Type.Array(Type.String()), Type.String()]))

export function listOf(listed: string[] | string | undefined): string[] {
  return [listed ?? []].flat()
}

import { Type } from 'typebox'

/** A query parameter that may be repeated, as `tags[]` is. */
export const Listed = Type.Optional(Type.Union([Type.Array(Type.String()), Type.String()]))

export function listOf(listed: string[] | string | undefined): string[] {
  return [listed ?? []].flat()
}

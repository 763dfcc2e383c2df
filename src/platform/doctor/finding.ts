/** Something that the doctor looked at, and how it is. */
export interface Finding {
  /** `wrong` is to be put right; `odd` may be meant so. */
  state: 'well' | 'odd' | 'wrong'
  /** What was found, in a line. */
  what: string
  /** What to do about it. */
  remedy?: string
}

export const well = (what: string): Finding => ({ state: 'well', what })
export const odd = (what: string, remedy: string): Finding => ({ state: 'odd', what, remedy })
export const wrong = (what: string, remedy?: string): Finding => ({
  state: 'wrong',
  what,
  ...(remedy !== undefined && { remedy }),
})

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

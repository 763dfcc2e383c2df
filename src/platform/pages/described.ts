/** Attributes that tie a field to what is wrong with it and to its hint, for those who hear the page. */
export interface Described {
  'aria-invalid'?: 'true'
  'aria-describedby'?: string
}

/**
 * @param wrong name of the field that is wrong; its message has the id `<field>-error`
 * @param hint id of the field's hint
 */
export function described(wrong: string | undefined, field: string, hint?: string): Described {
  const isWrong = wrong === field
  const ids = [isWrong && `${field}-error`, hint].filter(Boolean).join(' ')
  return { ...(isWrong && { 'aria-invalid': 'true' }), ...(ids && { 'aria-describedby': ids }) }
}

/** Where a write carries the token against forged writes: a field of a form, or a header of a script. */
export const TOKEN_FIELD = '_csrf'
export const TOKEN_HEADER = 'x-bagad-csrf'

const NARROW = '\u202f'
const NO_BREAK = '\u00a0'

/**
 * Sets a French text as a printer would: a narrow no-break space before ; ! ? and within « quotes », a no-break space
 * before : and %, an apostrophe that curls. Messages are written with ordinary spaces and set here, once, at load.
 *
 * Source of the rules: Lexique des règles typographiques en usage à l'Imprimerie nationale.
 */
export function setFrench(text: string): string {
  return text
    .replaceAll(/ ([;!?»])/g, `${NARROW}$1`)
    .replaceAll(/« /g, `«${NARROW}`)
    .replaceAll(/ :(?=\s|$)/g, `${NO_BREAK}:`)
    .replaceAll(/(\d) %/g, `$1${NO_BREAK}%`)
    .replaceAll(/(\p{L})'(?=\p{L}|«)/gu, '$1’')
}

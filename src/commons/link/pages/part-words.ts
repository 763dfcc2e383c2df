import type { Reader } from '../../../platform/language/reader.ts'
import { words as platformWords } from '../../../platform/language/own-words.ts'
import { words } from '../words.ts'

/** The words that the live parts of link's pages need; they travel in the page. */
export type PartWords = ReturnType<typeof partWords>

export function partWords(reader: Reader) {
  const say = reader.say(words)
  const common = reader.say(platformWords)
  return {
    field: say('home.field'),
    act: say('home.act'),
    busy: say('home.busy'),
    again: say('home.again'),
    away: say('home.away'),
    short: say('link.short'),
    leads: say('link.leads'),
    code: say('link.code'),
    codeText: say('link.code-text'),
    page: say('link.page'),
    mail: say('link.mail'),
    copy: common('copy.act'),
    copied: common('copy.done'),
    copyFailed: common('copy.failed'),
  }
}

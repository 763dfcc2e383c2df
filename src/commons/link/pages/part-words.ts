import type { Reader } from '../../../platform/language/reader.ts'
import { words as platformWords } from '../../../platform/language/own-words.ts'
import { words } from '../words.ts'

/** The texts of the form, sent with the page. */
export type FormWords = ReturnType<typeof formWords>

export function formWords(reader: Reader) {
  const say = reader.say(words)
  const common = reader.say(platformWords)
  return {
    field: say('home.field'),
    act: say('home.act'),
    busy: say('home.busy'),
    again: say('home.again'),
    away: say('home.away'),
    options: say('home.options'),
    slug: say('home.slug'),
    slugHint: say('home.slug-hint'),
    slugFree: say('home.slug-free'),
    slugTaken: say('home.slug-taken'),
    slugTakenBut: say('home.slug-taken-but', { others: '…' }),
    until: say('home.until'),
    untilHint: say('home.until-hint'),
    password: say('home.password'),
    passwordHint: say('home.password-hint'),
    trap: common('form.trap'),
    several: common('form.several'),
    ...resultWords(reader),
  }
}

/** The texts beside a new short link. */
export type ResultWords = ReturnType<typeof resultWords>

export function resultWords(reader: Reader) {
  const say = reader.say(words)
  const common = reader.say(platformWords)
  return {
    short: say('link.short'),
    leads: say('link.leads'),
    locked: say('link.locked'),
    code: say('link.code'),
    codeText: say('link.code-text'),
    page: say('link.page'),
    go: say('link.go'),
    mail: say('link.mail'),
    share: say('link.share'),
    keep: say('link.keep'),
    keepText: say('link.keep-text'),
    manage: say('link.manage'),
    held: say('link.held'),
    heldBack: say('link.held-for-review'),
    young: say('link.young'),
    copy: common('copy.act'),
    copied: common('copy.done'),
    copyFailed: common('copy.failed'),
  }
}

/**
 * Characters of other alphabets, and of ours, that look like these (after Unicode's confusables.txt, those allowed in
 * names).
 */
const READ_AS = new Map(
  Object.entries({
    a: 'аαɑạ',
    b: 'ьƅ',
    c: 'сϲᴄ',
    d: 'ԁđɗ',
    e: 'еєҽ',
    f: 'ƒ',
    g: 'ɡց',
    h: 'һհ',
    i: 'іıɩιӏ',
    j: 'јϳ',
    k: 'кκ',
    l: 'ⅼłƚ',
    m: 'мⅿ',
    n: 'ոпη',
    o: 'оοσօø',
    p: 'рρ',
    q: 'ԛզ',
    r: 'гᴦ',
    s: 'ѕꜱ',
    t: 'тτ',
    u: 'υսц',
    v: 'νѵᴠ',
    w: 'ԝաѡ',
    x: 'хχ',
    y: 'уүγ',
    z: 'ᴢ',
  }).flatMap(([email, others]) => Array.from(others, (other): [string, string] => [other, email])),
)

/**
 * `ӏ` looks like l as well as like i: names are compared with both merged into one, as are digits and pairs of
 * letters.
 */
const PAIRS: [RegExp, string][] = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/[l1|]/g, 'i'],
  [/0/g, 'o'],
  [/3/g, 'e'],
  [/5/g, 's'],
]

const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Hebrew',
  'Arabic',
  'Georgian',
  'Cherokee',
  'Thai',
  'Devanagari',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Bopomofo',
].map((name) => ({ name, letters: new RegExp(`\\p{Script=${name}}`, 'u') }))

/** Scripts that one language combines (Unicode Technical Standard 39, highly restrictive). */
const TOGETHER = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Hangul'],
  ['Latin', 'Han', 'Bopomofo'],
]

/** Whether a label combines alphabets that no language combines. */
export function mixesScripts(label: string): boolean {
  const found = SCRIPTS.filter(({ letters }) => letters.test(label)).map(({ name }) => name)
  return found.length > 1 && !TOGETHER.some((together) => found.every((name) => together.includes(name)))
}

/** Reduces a name to its visual skeleton: all look-alike characters become one. */
export function readingOf(name: string): string {
  const plain = Array.from(
    name.normalize('NFD').replaceAll(/\p{M}/gu, ''),
    (email) => READ_AS.get(email) ?? email,
  ).join('')
  return PAIRS.reduce((reading, [pair, email]) => reading.replaceAll(pair, email), plain)
}

/** Whether a name has letters of another alphabet than ours. */
export function isForeign(name: string): boolean {
  return SCRIPTS.some(({ name: script, letters }) => script !== 'Latin' && letters.test(name))
}

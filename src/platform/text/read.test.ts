import { assert, constantFrom, integer, oneof, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal } from '../refusals.ts'
import { countCharacters, fitLine, fitText, readLine, readText } from './read.ts'

const LONG = { longest: 10_000 }

/** Texts in which the signs that matter are likely. */
const texts = string({
  unit: oneof(
    string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    constantFrom(
      ...Array.from(
        'ae\u0301\u0300 \t\r\n\f\u0085\u2028\u200b\u200c\u200d\u202e\u2066\u00ad\ufeff\ufe0f👩🏽🏴\u{e0067}\u{e007f}نم❤',
      ),
    ),
  ),
  maxLength: 40,
})
const withoutZero = texts.map((text) => text.replaceAll('\0', ''))

describe('a text that was read', () => {
  test('is read again as it is', () => {
    for (const read of [readLine, readText, fitLine, fitText])
      assert(property(withoutZero, (text) => read(read(text, LONG), LONG) === read(text, LONG)))
  })

  test('has no control character, no turned direction and no half of a pair', () => {
    for (const read of [readLine, fitLine, readText, fitText])
      assert(
        property(withoutZero, (text) => {
          const clean = read(text, LONG)
          return (
            clean.isWellFormed() &&
            !/[\p{Bidi_Control}\u200b\ufeff\u2028]/u.test(clean) &&
            !/\p{Cc}/u.test(read === readLine || read === fitLine ? clean : clean.replaceAll(/[\n\t]/g, ''))
          )
        }),
      )
  })

  test('is never longer than its bound, as people count', () => {
    assert(
      property(texts, integer({ min: 1, max: 20 }), (text, longest) => {
        return (
          countCharacters(fitLine(text, { longest })) <= longest &&
          countCharacters(fitText(text, { longest })) <= longest
        )
      }),
    )
  })

  test('is composed', () => {
    assert(property(withoutZero, (text) => readText(text, LONG) === readText(text, LONG).normalize('NFC')))
    expect(readLine('e\u200b\u0301te\u0301', LONG)).toBe('été')
  })
})

test.each([
  ['  un\ttitre \r\n sur deux  lignes ', 'un titre sur deux lignes'],
  ['Bonjour\u00a0!', 'Bonjour\u00a0!'],
  ['\u202egnp.exe', 'gnp.exe'],
  ['👩🏽‍🚀 et 🏳️‍🌈', '👩🏽‍🚀 et 🏳️‍🌈'],
  [
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  ],
  ['caché\u{e0068}\u{e0069}', 'caché'],
  ['می\u200cخواهم', 'می\u200cخواهم'],
  ['a\u200d b', 'a b'],
  ['\u200b\u00ad', ''],
  ['\ufe0f \u200d', ''],
])('the line %j is read as %j', (written, read) => {
  expect(readLine(written, LONG)).toBe(read)
})

test('a text keeps its lines and its tabs, whatever ended them', () => {
  expect(readText('\r\nun\r\ndeux\rtrois\n\n\tquatre  \u0007\n', LONG)).toBe('un\ndeux\ntrois\n\n\tquatre')
})

test('a zero byte is refused', () => {
  expect(refusalOf(() => readLine('a\0b', LONG))?.type).toBe('platform/text-has-zero-byte')
  expect(fitLine('a\0b', LONG)).toBe('a b')
})

test('what is too long is refused with its length and the bound, in characters as people see them', () => {
  expect(readLine('👩🏽‍🚀👩🏽‍🚀', { longest: 2 })).toBe('👩🏽‍🚀👩🏽‍🚀')
  const refusal = refusalOf(() => readLine('👩🏽‍🚀👩🏽‍🚀👩🏽‍🚀', { longest: 2 }))
  expect(refusal?.in('en').detail).toMatch(/3 characters.* 2/)
  expect(fitLine('👩🏽‍🚀👩🏽‍🚀👩🏽‍🚀', { longest: 2 })).toBe('👩🏽‍🚀👩🏽‍🚀')
})

test('a letter with a thousand marks is too long for a name', () => {
  expect(refusalOf(() => readLine(`a${'\u0335'.repeat(2000)}`, { longest: 100 }))?.type).toBe('platform/text-too-long')
})

function refusalOf(read: () => string): Refusal | undefined {
  try {
    read()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  return undefined
}

import { describe, expect, test } from 'vitest'
import { acceptedLanguage } from './languages.ts'
import { Reader } from './reader.ts'
import { setFrench } from './typography.ts'
import { defineWords } from './words.ts'

const french = new Reader('fr', 'Europe/Paris')
const english = new Reader('en', 'Europe/Paris')

test.each([
  ['fr-FR,fr;q=0.9,en;q=0.8', 'fr'],
  ['en-US,en;q=0.9,fr;q=0.8', 'en'],
  ['br, de;q=0.9', undefined],
  ['de, fr;q=0', undefined],
  ['fr;q=0.1,en;q=0.2', 'en'],
  ['', undefined],
  [undefined, undefined],
  [';;;q=,', undefined],
])('a browser that asks for %s reads %s', (header, language) => {
  expect(acceptedLanguage(header)).toBe(language)
})

test('French is set with its spaces, its quotes and its apostrophe', () => {
  expect(setFrench("« Qu'est-ce ? » : 46 % !")).toBe('«\u202fQu’est-ce\u202f?\u202f»\u00a0: 46\u00a0%\u202f!')
  expect(setFrench('https://www.brest.fr')).toBe('https://www.brest.fr')
})

describe('numbers are written as the reader writes them', () => {
  test('thousands, decimals, percents, differences', () => {
    expect(french.number(7042412)).toBe('7\u202f042\u202f412')
    expect(french.number(0.4455, 2)).toBe('0,45')
    expect(french.percent(46.1751)).toBe('46,18\u00a0%')
    expect(french.difference(-117)).toBe('\u2212117')
    expect(french.difference(38)).toBe('+38')
    expect(french.difference(0)).toBe('=')
    expect(english.number(7042412)).toBe('7,042,412')
    expect(english.percent(46.1751)).toBe('46.18%')
  })

  test('dates and moments', () => {
    expect(french.date(Temporal.PlainDate.from('2025-12-03'))).toBe('mercredi 3 décembre 2025')
    expect(english.date(Temporal.PlainDate.from('2025-12-03'))).toBe('Wednesday, 3 December 2025')
    expect(french.duration({ days: 30 })).toBe('30\u00a0jours')
    expect(english.duration({ years: 4, months: 6 })).toBe('4 years, 6 months')
    expect(french.moment(Temporal.Instant.from('2025-12-03T09:30:00Z'))).toContain('10:30')
  })
})

describe('words', () => {
  const words = defineWords({
    fr: { visits_one: '{{count}} visite', visits_other: '{{count}} visites', hello: 'Bonjour {{name}} !' },
    en: { visits_one: '{{count}} visit', visits_other: '{{count}} visits', hello: 'Hello {{name}}!' },
  })

  test('plurals follow the language: in French 0 and 1 are singular, and millions have their form', () => {
    const counts = [0, 1, 2, 1_000_000]
    expect(counts.map((count) => words.in('fr')('visits', { count }))).toEqual([
      '0 visite',
      '1 visite',
      '2 visites',
      '1000000 visites',
    ])
    expect(counts.slice(0, 3).map((count) => words.in('en')('visits', { count }))).toEqual([
      '0 visits',
      '1 visit',
      '2 visits',
    ])
  })

  test('values are put in as they are: escaping is the page’s', () => {
    expect(words.in('fr')('hello', { name: '<b>' })).toBe('Bonjour <b>\u202f!')
  })

  test('a key without a message is a bug', () => {
    expect(() => words.find('fr', 'nothing')).toThrow('nothing')
  })
})

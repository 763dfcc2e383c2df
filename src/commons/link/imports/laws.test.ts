import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anyCharacter } from '../../../../tests/characters.ts'
import { manner } from '../../../../tests/foreign-links.ts'
import { openTestInstance, type TestInstance } from '../../../../tests/instance.ts'
import type { Cell, Source } from '../../../platform/imports/source.ts'
import { Refusal } from '../../../platform/refusals.ts'
import { foldSlug, isReachable, readSlug } from '../slugs.ts'
import { readTarget } from '../targets.ts'
import { importLstu } from './lstu.ts'
import { readMoment, readSeconds } from './moments.ts'
import { importYourls } from './yourls.ts'
import { link } from '../service.ts'

let it: TestInstance
beforeAll(async () => {
  it = await openTestInstance({ services: [link] })
})
afterAll(() => it[Symbol.asyncDispose]())
beforeEach(() => pool().query('delete from link.link'))

const pool = () => it.instance.platform.database.pool

/** A source as a reader of a damaged database could give it: any cell may be anything. */
function sourceOf(tables: Record<string, Record<string, Cell>[]>): Source {
  return {
    name: 'a source',
    tables: new Map(Object.entries(tables).map(([name, rows]) => [name, Object.keys(rows[0] ?? {})])),
    async *rows(table) {
      for (const [index, values] of (tables[table] ?? []).entries()) yield { where: `row ${index + 1}`, values }
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

/** Texts of all kinds: half characters and zero bytes, long ones, and what could be taken for something else. */
const text = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('venir', 'VENIR', 'é', '-', '%00', '\0', '\ud800', 'stats', '..', 'a/b', "'; drop table link; --", '\u001b[2J', 'x'.repeat(600), '{}', 'NULL', '\\N'),
) // prettier-ignore
const part = text.map((some) => encodeURIComponent(some.toWellFormed()))
const address = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.domain(), part, part).map(([domain, path, query]) => `https://${domain}/${path}?q=${query}#${path}`) },
  fc.constantFrom('https://brest.fr/', 'https://192.0.2.1/', 'https://bit.ly/x', 'javascript:alert(1)', 'https://a:b@c.fr/', 'http://[::1]/', 'https://xn--80ak6aa92e.com/'),
  fc.tuple(fc.constantFrom('https://', 'http:', 'HTTPS://brest.fr/', 'ftp://', '//', ''), text).map(([scheme, rest]) => scheme + rest),
  fc.string({ unit: fc.constantFrom(...Array.from('ab.-é')), minLength: 200, maxLength: 4000 }).map((host) => `https://${host}.fr/`),
) // prettier-ignore
const number = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -5, max: 5_000_000_000 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('0', '-1', '1.5', 'x', '999999999999999', '9999999999999999', '', '1e5') },
)
const anything = fc.oneof(
  { weight: 8, arbitrary: text },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 5 }) },
)
const damaged = <T extends Cell>(cell: fc.Arbitrary<T>): fc.Arbitrary<Cell> =>
  fc.oneof({ weight: 12, arbitrary: cell }, { weight: 1, arbitrary: anything })

/** What becomes of a row, by what is counted: each row is counted under one of these and no other. */
const FATES = [
  'links imported',
  'links that were there already',
  'names in reserve, without a link',
  'names that another link has',
  'names that cannot be reached here',
  'lead to what no link may lead to',
  'unreadable',
]

const VISITS = [
  'visits that cannot be read',
  'visits taken over, summed a day',
  'visits of links that were not imported now',
]

describe('whatever rows a source has, none is lost and nothing stops', () => {
  const some = { minLength: 1, maxLength: 40, size: '+1' } as const

  /** Links that were really taken over: that nothing is lost must not be because nothing comes. */
  let imported = 0
  beforeEach(() => {
    imported = 0
  })

  /** What does not hold when rows are imported, and imported again. */
  async function complaints(
    total: number,
    slugs: Cell[],
    imports: (how: ReturnType<typeof manner>) => Promise<void>,
  ): Promise<string[]> {
    await pool().query('delete from link.link')
    const [first, again] = [manner(), manner()]
    await imports(first)
    const { rows: links } = await pool().query('select slug, url, clicks from link.link')
    await imports(again)
    imported += links.length
    const fated = [first, again].map(({ count }) => FATES.reduce((sum, fate) => sum + count(fate), 0))
    const isWrong = ({ slug, url, clicks }: (typeof links)[number]) =>
      !slugs.includes(slug) || !/^https?:\/\/[\x21-\x7e]+$/.test(url) || clicks < 0
    return [
      ...fated.flatMap((sum) => (sum === total ? [] : [`${sum} of ${total} rows are accounted for`])),
      ...(links.length === first.count('links imported') ? [] : [`${links.length} links are there`]),
      ...(again.count('links imported') === 0 ? [] : ['links were imported twice']),
      ...links.filter(isWrong).map((link) => JSON.stringify(link)),
    ]
  }

  test('of Lstu', { timeout: 120_000 }, async () => {
    const row = fc.record({
      short: damaged(text),
      url: damaged(fc.option(address, { freq: 10 })),
      counter: damaged(number),
      timestamp: damaged(number),
      disabled: damaged(fc.constantFrom('0', '1', null, 't', '2')),
    })
    const property = fc.asyncProperty(fc.array(row, some), async (rows) => {
      const slugs = rows.map(({ short }) => short)
      expect(
        await complaints(rows.length, slugs, (how) => importLstu(it.instance.platform, sourceOf({ lstu: rows }), how)),
      ).toEqual([])
    })
    await fc.assert(property, { numRuns: 60 })
    expect(imported).toBeGreaterThan(100)
  })

  test('of YOURLS, with a log', { timeout: 120_000 }, async () => {
    const moment = fc.oneof(
      fc.date({ min: new Date('1960-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 19).replace('T', ' ')),
      fc.constantFrom('0000-00-00 00:00:00', '2024-02-30 12:00:00', '2024-03-01 25:61:61', '2024-03-01T12:00:00.5+01', '2024-03-01 12:00:00+99'),
    ) // prettier-ignore
    const row = fc.record({
      keyword: damaged(text),
      url: damaged(address),
      title: damaged(fc.option(text)),
      timestamp: damaged(moment),
      clicks: damaged(number),
    })
    const visit = fc.record({
      shorturl: damaged(text),
      click_time: damaged(moment),
      user_agent: damaged(fc.option(text)),
    })
    const property = fc.asyncProperty(fc.array(row, some), fc.array(visit, some), async (rows, visits) => {
      const slugs = rows.map(({ keyword }) => keyword)
      const hows: ReturnType<typeof manner>[] = []
      const found = await complaints(rows.length, slugs, async (how) => {
        await importYourls(it.instance.platform, sourceOf({ yourls_url: rows, yourls_log: visits }), how)
        hows.push(how)
      })
      expect(found).toEqual([])
      // The log is read only when there are links that it is about.
      const read = hows
        .filter(({ count }) => count('links imported') > 0)
        .map(({ count }) => VISITS.reduce((sum, fate) => sum + count(fate), 0))
      expect(read).toEqual(read.map(() => visits.length))
    })
    await fc.assert(property, { numRuns: 60 })
    expect(imported).toBeGreaterThan(100)
  })
})

describe('what is read once is read for good', () => {
  /** What a person gets for it, or nothing where it is refused by name: any other error is a bug. */
  const orRefused = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (error instanceof Refusal) return undefined
      throw error
    }
  }
  const taken = { targets: 0, slugs: 0 }

  test('a target', () => {
    fc.assert(
      fc.property(fc.oneof(address, text), (written) => {
        const url = orRefused(() => readTarget(written, 'link.localhost'))
        if (url === undefined) return true
        taken.targets++
        const isOfTheWeb =
          /^https?:\/\/[^/?#\s]+\/[\x21-\x7e]*$/.test(url) && new URL(url).hostname !== 'link.localhost'
        return isOfTheWeb && readTarget(url, 'link.localhost') === url
      }),
      { numRuns: 3000 },
    )
    expect(taken.targets).toBeGreaterThan(500)
  })

  test('a slug', () => {
    fc.assert(
      fc.property(text, (written) => {
        const slug = orRefused(() => readSlug(written))
        if (slug === undefined) return true
        taken.slugs++
        return (
          /^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/.test(slug) &&
          readSlug(slug) === slug &&
          foldSlug(slug) === slug &&
          isReachable(slug)
        )
      }),
      { numRuns: 3000 },
    )
    expect(taken.slugs).toBeGreaterThan(500)
  })

  test('a folded slug', () => {
    fc.assert(
      fc.property(text, (written) => {
        const folded = foldSlug(written)
        expect(foldSlug(folded)).toBe(folded)
      }),
      { numRuns: 3000 },
    )
  })

  test('a moment is of the past, or none', () => {
    fc.assert(
      fc.property(fc.oneof(number, text), (written) =>
        [readSeconds(written), readMoment(written)].every(
          (moment) => moment === null || (moment.epochMilliseconds > 0 && moment.epochMilliseconds <= Date.now()),
        ),
      ),
      { numRuns: 2000 },
    )
    expect(readMoment('2024-03-01 12:00:00')?.toString()).toBe('2024-03-01T12:00:00Z')
    expect(readMoment('2024-03-01 12:00:00.25+01')?.toString()).toBe('2024-03-01T11:00:00.25Z')
    expect(readSeconds('1600000000')?.toString()).toBe('2020-09-13T12:26:40Z')
  })
})

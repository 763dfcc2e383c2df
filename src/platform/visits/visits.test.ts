import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migratedDatabase, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { settleDays } from './settling.ts'
import { KINDS, NAMES, Visitors } from './visitors.ts'
import { Visits } from './visits.ts'
import { link } from '../../commons/link/service.ts'
import { report } from '../../association/report/service.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const CRAWLER = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

const someName = () => Number.parseInt(randomBytes(7).toString('hex').slice(0, 13), 16)

describe('visitors', () => {
  test('come once however often they ask, and again after thirty minutes', () => {
    const visitors = new Visitors()
    for (const minute of [0, 1, 20, 50, 81, 90]) visitors.see(1, 0, minute)
    visitors.see(2, 3, 1439)
    expect(visitors.met()).toEqual({
      visitors: { human4: 1, human6: 0, bot4: 0, bot6: 1 },
      visits: { human4: 2, human6: 0, bot4: 0, bot6: 1 },
    })
  })

  test('of two processes are one where they are the same, and so are their visits', () => {
    const [one, other] = [new Visitors(), new Visitors()]
    for (const minute of [0, 40, 200]) one.see(1, 0, minute)
    for (const minute of [20, 300]) other.see(1, 0, minute)
    other.see(2, 0, 5)
    one.join(other)
    // 0, 20 and 40 are one visit, which neither of them could know.
    expect(one.met()).toMatchObject({ visitors: { human4: 2 }, visits: { human4: 4 } })
  })

  test('are after writing and reading who they were', () => {
    const visitors = new Visitors()
    for (let index = 0; index < 500; index++) visitors.see(someName(), index % 4, (index * 37) % 1440)
    expect(Visitors.ofBytes(visitors.toBytes()).met()).toEqual(visitors.met())
    expect(Visitors.ofBytes(visitors.toBytes()).toBytes()).toEqual(visitors.toBytes())
  })

  test('that are a multitude are counted to within three percent, in bounded room, also put together', () => {
    const [one, other] = [new Visitors(), new Visitors()]
    for (let index = 0; index < 100_000; index++) {
      const name = someName()
      one.see(name, index % 2, index % 1440)
      if (index % 2 === 0) other.see(name, 0, (index + 700) % 1440)
    }
    for (let index = 0; index < 50_000; index++) other.see(someName(), 1, 0)
    expect(one.toBytes().length).toBeLessThan(1_000_000)
    one.join(Visitors.ofBytes(other.toBytes()))
    const { visitors } = one.met()
    const all = KINDS.reduce((sum, kind) => sum + visitors[kind], 0)
    // Four standard errors: once in fifteen thousand runs it is further off.
    expect(Math.abs(all / 150_000 - 1)).toBeLessThan(0.032)
  })
})

describe('what comes to our hosts', () => {
  let it: TestInstance
  let now: number

  beforeAll(async () => {
    it = await openTestInstance({ services: [link, report] })
  })
  afterAll(() => it[Symbol.asyncDispose]())

  const at = (moment: string) =>
    void (now = Temporal.PlainDateTime.from(moment).toZonedDateTime('Europe/Paris').epochMilliseconds)
  const aProcess = () =>
    Visits.open({
      database: it.instance.platform.database,
      log: pino({ level: 'silent' }),
      services: ['link'],
      timeZone: 'Europe/Paris',
      now: () => now,
    })
  const settle = (today: string) => {
    const { database, figures } = it.instance.platform
    const whose = (name: string) => ({ service: name, name: { fr: name, en: name } })
    return settleDays({ database, figures, whose }, Temporal.PlainDate.from(today))
  }
  const valueOn = async (id: string, day: string) =>
    (await it.instance.platform.figures.points(id, { step: 'day', from: day, to: day }))?.at(0)?.value
  const rowsOf = async (table: string) =>
    (await it.instance.platform.database.pool.query(`select * from visits.${table}`)).rows
  const forgetAll = () =>
    it.instance.platform.database.pool.query(
      'delete from visits.counted; delete from visits.seen; delete from visits.day_key',
    )

  test('is counted by the day in which it comes, by several processes at once, one of which is killed', async () => {
    at('2026-03-10T23:50')
    await using one = await aProcess()
    // Never closed: what it did not write is lost, what it wrote stays.
    const killed = await aProcess()
    one.of('link')?.count('203.0.113.9', FIREFOX, 200, 1000)
    one.of('link')?.count('2001:db8::1', FIREFOX, 200, 1000)
    one.of('link')?.count('203.0.113.9', FIREFOX, 404, 10)
    one.of('link')?.count('198.51.100.1', FIREFOX, 404, 10)
    killed.of('link')?.count('203.0.113.9', FIREFOX, 302, 100)
    killed.of('link')?.count('203.0.113.7', CRAWLER, 500, 100)
    await killed.flush()
    killed.of('link')?.count('203.0.113.8', FIREFOX, 200, 100)
    at('2026-03-11T00:05')
    one.of('link')?.count('203.0.113.9', FIREFOX, 200, 1000)
    await one.flush()
    await one.flush()
    await settle('2026-03-11')
    await settle('2026-03-11')
    const day = (what: string) => valueOn(`link.http.${what}`, '2026-03-10')
    expect(await day('hits')).toBe(6)
    expect(await day('hits.humans')).toBe(5)
    expect(await day('hits.bots')).toBe(1)
    expect(await day('hits.ipv6')).toBe(1)
    expect(await day('visitors')).toBe(3)
    expect(await day('visitors.humans')).toBe(2)
    expect(await day('visits')).toBe(3)
    expect(await day('bytes')).toBe(2220)
    expect(await day('errors')).toBe(3)
    expect(await day('status.404')).toBe(2)
    expect(await valueOn('http.hits', '2026-03-10')).toBe(6)
    at('2026-03-12T00:05')
    await one.flush()
    await settle('2026-03-12')
    expect(await valueOn('link.http.visitors', '2026-03-11')).toBe(1)
    expect(await rowsOf('counted')).toEqual([])
  })

  test('leaves no address behind, and no key once the day is over', async () => {
    await forgetAll()
    at('2026-03-20T12:00')
    await using one = await aProcess()
    one.of('link')?.count('203.0.113.9', FIREFOX, 200, 1000)
    await one.flush()
    const [{ visitors }] = await rowsOf('seen')
    expect(visitors).toHaveLength(8 + 10 + 4)
    expect(JSON.stringify(await rowsOf('counted'))).not.toContain('203.0.113')
    const days = async () => (await rowsOf('day_key')).map(({ day }) => day.toString())
    expect(await days()).toEqual(['2026-03-20', '2026-03-21'])
    at('2026-03-21T00:01')
    await one.flush()
    expect(await days()).toEqual(['2026-03-21', '2026-03-22'])
  })

  test('has other names for the same visitor on another day and on another host', async () => {
    await forgetAll()
    at('2026-03-22T12:00')
    const open = () =>
      Visits.open({
        database: it.instance.platform.database,
        log: pino({ level: 'silent' }),
        services: ['link', 'report'],
        timeZone: 'Europe/Paris',
        now: () => now,
      })
    await using one = await open()
    const visit = async () => {
      for (const service of ['link', 'report']) one.of(service)?.count('203.0.113.9', FIREFOX, 200, 1000)
      await one.flush()
    }
    await visit()
    at('2026-03-23T12:00')
    await visit()
    const names = (await rowsOf('seen')).map(({ visitors }) => visitors.readDoubleLE(8))
    expect(new Set(names).size).toBe(4)
    for (const name of names) expect(name).toBeLessThan(NAMES)
  })

  test('whose visitors were lost in a crash has its requests, and of its visits it is said that nothing is known', async () => {
    await forgetAll()
    at('2026-03-25T12:00')
    await using one = await aProcess()
    one.of('link')?.count('203.0.113.9', FIREFOX, 200, 1000)
    await one.flush()
    await it.instance.platform.database.pool.query('truncate visits.seen')
    await settle('2026-03-26')
    expect(await valueOn('link.http.hits', '2026-03-25')).toBe(1)
    expect(await valueOn('link.http.visits', '2026-03-25')).toBeUndefined()
  })

  test('that the database does not take is written when it does', async () => {
    await forgetAll()
    at('2026-03-27T12:00')
    await using one = await aProcess()
    await it.instance.platform.database.pool.query('alter table visits.counted rename to away')
    one.of('link')?.count('203.0.113.9', FIREFOX, 200, 1000)
    await one.flush()
    at('2026-03-28T00:01')
    await one.flush()
    await it.instance.platform.database.pool.query('alter table visits.away rename to counted')
    await one.flush()
    await settle('2026-03-28')
    expect(await valueOn('link.http.hits', '2026-03-27')).toBe(1)
  })

  test('is counted where it passes: pages, what nobody has, and answers of the quick door, by who asked', async () => {
    const connection = await migratedDatabase()
    const env = { BAGAD_DEMO: 'on', BAGAD_TRUSTED_PROXIES: '127.0.0.1' }
    const headers = { 'user-agent': FIREFOX, 'x-forwarded-for': '2001:db8::7' }
    const open = await openTestInstance({ services: [link, report], connection, env })
    for (const [host, path, agent] of [
      ['link', '/venir', FIREFOX],
      ['link', '/', FIREFOX],
      ['link', '/nothing-there', FIREFOX],
      ['static', '/favicon.svg', FIREFOX],
      ['nobody', '/', FIREFOX],
      ['link', '/venir', CRAWLER],
      ['link', '/venir', FIREFOX],
    ] as const)
      await open.ask(host, path, { headers: { ...headers, 'user-agent': agent } })
    const door = `GET /venir HTTP/1.1\r\nHost: link.localhost:${open.port}\r\nUser-Agent: ${FIREFOX}\r\nX-Forwarded-For: 2001:db8::7\r\n\r\n`
    await new Promise<void>((resolve, reject) => {
      const socket = connect(open.port, '127.0.0.1', () => socket.write(door))
      socket.once('data', () => (socket.destroy(), resolve())).once('error', reject)
    })
    await open[Symbol.asyncDispose]()
    await using last = await openTestInstance({ services: [link, report], connection, env })
    const { figures, database, today } = last.instance.platform
    await settleDays(
      { figures, database, whose: (name) => ({ service: name, name: { fr: name, en: name } }) },
      today().add({ days: 1 }),
    )
    const days = async (what: string) => (await figures.points(what, { step: 'day' }))?.map(({ value }) => value)
    expect(await days('link.http.hits')).toEqual([6])
    expect(await days('link.http.hits.ipv6')).toEqual([6])
    expect(await days('link.http.visitors')).toEqual([2])
    expect(await days('link.http.visits.humans')).toEqual([1])
    expect(await days('link.http.status.302')).toEqual([4])
    expect(await days('link.http.status.404')).toEqual([1])
    expect(await days('http.hits')).toEqual([6])
  })
})

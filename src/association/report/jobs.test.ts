import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { tokenFor } from '../../../tests/people.ts'
import { overBefore } from '../../platform/retention/class.ts'
import { reportClasses } from './retention.ts'
import { report } from './service.ts'
import { link } from '../../commons/link/service.ts'

let it: TestInstance
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bagad-report-'))
  writeFileSync(join(folder, 'bagad.toml'), '[legal]\nabuse_email = "tech@example.org"\n')
  it = await openTestInstance({
    services: [link, report],
    env: { BAGAD_DEMO: 'on', BAGAD_CONFIG: join(folder, 'bagad.toml') },
  })
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const put = (figure: string, day: Temporal.PlainDate, value: number) =>
  it.instance.platform.database.pool.query(
    `insert into figures.point (figure, at, precision, value, state, source) values ($1, daterange($2::date, $2::date + 1), 'day', $3, 'known', 'live')
     on conflict (figure, at, source) do update set value = $3, state = 'known'`,
    [figure, day.toString(), value],
  )

test('the technicians are told once of a figure that jumps, and never of one that does not', async () => {
  const { jobs, mail, today, log } = it.instance.platform
  await put('link.visits', today().subtract({ days: 1 }), 100)
  await put('link.visits', today(), 420)
  await put('link.total', today().subtract({ days: 1 }), 100)
  await put('link.total', today(), 120)
  const tell = () => jobs.declared.get('report.tell-odd-values')?.run({}, { signal: new AbortController().signal, log })
  await tell()
  await tell()
  const letters = (await mail.outbox.list(['caught'])).filter(({ recipient }) => recipient === 'tech@example.org')
  expect(letters).toHaveLength(1)
  const letter = await mail.outbox.find(letters[0]?.id ?? 0)
  expect(letter?.text).toContain('Visites de liens')
  expect(letter?.text).toContain('×\u00a04,20')
  expect(letter?.text).not.toContain('Liens raccourcis :')
  // The days themselves, in words and as a drawing.
  expect(letter?.text).toMatch(/Visites de liens\n.*\u00a0: 100\n.*\u00a0: 420\n/)
  expect(await mail.outbox.pictures(letter?.id ?? 0)).toHaveLength(1)
})

test('the demonstration carries the report of 2023, written, explained and published', async () => {
  const answer = await it.ask('report', '/reports/2023')
  expect(answer.text).toContain('Se voir et s’entraider')
  expect(answer.text).toContain('Remarques sur les chiffres')
  expect(answer.text.match(/<table data-table=/g)).toHaveLength(14)
  expect(answer.text.match(/<svg[^>]* role="img"/g)).toHaveLength(13)
  expect(answer.text).not.toMatch(/\{\{|non connu\.|undefined/)
})

test('a demonstration that several processes fill at once has its report once', async () => {
  const { pool } = it.instance.platform.database
  await pool.query('truncate report.report cascade')
  const fill = () => it.instance.running.get('report')?.demo?.()
  await Promise.all([fill(), fill(), fill()])
  const { rows } = await pool.query('select report, number from report.edition')
  expect(rows).toEqual([{ report: 2023, number: 1 }])
})

test('the old name of its host leads to it', async () => {
  expect((await it.ask('stats', '/reports/2023')).status).toBe(200)
})

test('a draft that nobody goes on with is forgotten after a year, with its tables; what was published never is', async () => {
  const { database, figures } = it.instance.platform
  const token = await tokenFor(it, 'erwan', ['report:write'], ['coordinator'])
  await it.ask('report', '/api/v1/annual-reports', {
    method: 'POST',
    body: { year: 2024 },
    headers: { authorization: `Bearer ${token}` },
  })
  const drafts = reportClasses.find(({ name }) => name === 'drafts')
  const forget = async () => {
    if (drafts)
      await drafts.purge?.(database.schema('report'), {
        before: overBefore(drafts, Temporal.Now.instant(), 'Europe/Paris'),
        limit: 10,
      })
  }
  const years = async () =>
    (await database.pool.query('select year from report.report order by year')).rows.map(({ year }) => year)
  await forget()
  expect(await years()).toEqual([2023, 2024])
  await database.pool.query(`update report.report set changed_at = now() - interval '366 days'`)
  await forget()
  expect(await years()).toEqual([2023])
  expect(await figures.arrangements.of(2024)).toEqual([])
})

test('each service gives its own figures, and the reports all of them, to any page', async () => {
  const answer = await it.ask('id', '/stats.json')
  expect(answer.headers['access-control-allow-origin']).toBe('*')
  const ids: string[] = answer.json().map(({ id }: { id: string }) => id)
  expect(ids.every((id) => id.startsWith('identity.'))).toBe(true)
  expect(ids).toEqual(expect.arrayContaining(['identity.accounts', 'identity.http.visits']))
  expect((await it.ask('report', '/stats.json')).json().length).toBeGreaterThan(40)
})

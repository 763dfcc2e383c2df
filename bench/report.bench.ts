import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { median, type Bench } from './bench.ts'
import { Installation } from './installation.ts'

const HOST = 'report.localhost'
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))
const HISTORY = readFileSync(join(import.meta.dirname, '..', 'data', 'report-2023.json'))

const ROUNDS = 15
const PRINTS = 5

/** Services that the design counts with. */
const SERVICES = 12

/** Series and years of a house that has counted for long. */
const SERIES = 200
const YEARS = 30

interface Asked {
  milliseconds: number
  status: number
  body: Buffer
  tag: string
}

/** The report of 2023: imported, shown, set as PDF beside Chromium; then all of it among 2.2 million points. */
export const bench: Bench = async ({ say }) => {
  const bagad = new Installation()
  try {
    await bagad.start()
    bagad.command([
      'user',
      'add',
      '--login',
      'anne',
      '--email',
      'anne@example.org',
      '--password',
      'Goélands au-dessus du Moulin Blanc',
      '--role',
      'coordinator',
    ])
    const token =
      bagad.command(['token', 'add', '--login', 'anne', '--scopes', 'report:write']).trim().split('\n').at(-1) ?? ''
    const ask = asker(bagad.port, token)
    const importAndShow = async () => {
      const imported = await ask('POST', '/api/v1/import', HISTORY)
      const shown = await ask('GET', '/reports/2023')
      if (imported.status !== 200 || shown.status !== 200)
        throw new Error(`import ${imported.status}, page ${shown.status}`)
      return imported.milliseconds + shown.milliseconds
    }

    const cold = await importAndShow()
    const warm = median(await times(ROUNDS, importAndShow))
    const drawings = (await ask('GET', '/reports/2023')).body.toString().match(/<svg[^>]* role="img"/g)?.length ?? 0
    say(
      `import and page with ${drawings} drawings: cold ${round(cold)} ms (at most 500), warm ${round(warm)} ms (at most 60)`,
    )

    await ask('POST', '/api/v1/annual-reports', Buffer.from('{"year":2024}'))
    const firstPdf = (await ask('GET', '/reports/2024.pdf')).milliseconds
    const pdf = median(await times(ROUNDS, async () => (await ask('GET', '/reports/2024.pdf')).milliseconds))
    const printed = await printInChromium(bagad.port, token)
    const ratio = printed === undefined ? undefined : round(printed / pdf)
    say(
      `PDF: first ${round(firstPdf)} ms (at most 400), then ${round(pdf)} ms (at most 80); Chromium prints the same page in ${printed === undefined ? '?' : round(printed)} ms: ${ratio ?? '?'} times as long (at least 20)`,
    )

    await plantVisits(bagad)
    const files = ['localhost', 'link', 'link-metrics', 'report', 'report-metrics']
    // Each is asked for once: for a minute it is kept after that.
    const property = await times(
      files.length,
      async (index) => (await ask('GET', pathOf(files[index]), undefined, 'localhost')).milliseconds,
    )
    const { tag } = await ask('GET', pathOf('localhost'), undefined, 'localhost')
    const unchanged = median(
      await times(
        ROUNDS * 4,
        async () => (await ask('GET', pathOf('localhost'), undefined, 'localhost', tag)).milliseconds,
      ),
    )
    say(
      `property files, ${files.length} of the two services that there are, among the visits of ${SERVICES} services: ${property.map(round).join(', ')} ms (at most 20 each); unchanged ${round(unchanged)} ms (at most 2)`,
    )

    await plant(bagad)
    const [{ points } = { points: 0 }] = await bagad.query<{ points: string | number }>(
      'select count(*) as points from figures.point',
    )
    const among = {
      report: median(await times(ROUNDS, async () => (await ask('GET', '/reports/2023')).milliseconds)),
      draft: median(await times(ROUNDS, async () => (await ask('GET', '/reports/2024')).milliseconds)),
      figures: median(await times(ROUNDS, async () => (await ask('GET', '/')).milliseconds)),
      figure: median(await times(ROUNDS, async () => (await ask('GET', '/chiffres/bench.series7')).milliseconds)),
      metrics: (await ask('GET', pathOf('link-metrics'), undefined, 'localhost')).milliseconds,
    }
    say(
      `among ${points} points: the report ${round(among.report)} ms, its draft ${round(among.draft)} ms (at most 80), all figures ${round(among.figures)} ms, one figure ${round(among.figure)} ms`,
    )
    return {
      import: { cold, warm, drawings },
      pdf: { first: firstPdf, later: pdf, chromium: printed, ratio },
      property: { files: files.length, services: SERVICES, slowest: Math.max(...property), unchanged },
      points: Number(points),
      among,
    }
  } finally {
    await bagad.remove()
  }
}

const round = (value: number) => Math.round(value * 10) / 10
const pathOf = (name = '') => `/.well-known/chatonsinfos/${name}.properties`

/** Runs something a number of times, one after the other. */
async function times(count: number, run: (index: number) => Promise<number>): Promise<number[]> {
  const results: number[] = []
  for (let index = 0; index < count; index++) results.push(await run(index))
  return results
}

function asker(port: number, token: string) {
  return (method: string, path: string, body?: Buffer, host = HOST, tag?: string): Promise<Asked> => {
    const began = performance.now()
    const isOurs = host === HOST
    return new Promise((resolve, reject) => {
      const headers = {
        host: `${host}:${port}`,
        ...(isOurs && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json', 'content-length': body.length }),
        ...(tag && { 'if-none-match': tag }),
      }
      const asked = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () =>
          resolve({
            milliseconds: performance.now() - began,
            status: answer.statusCode ?? 0,
            body: Buffer.concat(chunks),
            tag: answer.headers.etag ?? '',
          }),
        )
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }
}

/** Milliseconds in which Chromium loads the draft and prints it; undefined where there is none. */
async function printInChromium(port: number, token: string): Promise<number | undefined> {
  if (!CHROMIUM) return undefined
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    return median(
      await times(PRINTS, async () => {
        const page = await browser.newPage()
        await page.route(
          (url) => url.hostname === HOST,
          (route) => route.continue({ headers: { ...route.request().headers(), authorization: `Bearer ${token}` } }),
        )
        const began = performance.now()
        await page.goto(`http://${HOST}:${port}/reports/2024`, { waitUntil: 'load' })
        await page.pdf({ tagged: true, outline: true })
        const took = performance.now() - began
        await page.close()
        return took
      }),
    )
  } finally {
    await browser.close()
  }
}

/**
 * Two years of what comes to the hosts of twelve services, by day: for those that there are, and as many others as are
 * missing.
 */
async function plantVisits(bagad: Installation): Promise<void> {
  await bagad.query(
    `insert into figures.figure (id, service, kind, unit, label_fr, label_en, declared, daily)
     select 'bench' || chr(96 + one) || substr(id, 5), 'bench' || chr(96 + one), kind, unit, label_fr, label_en, true, true
     from figures.figure, generate_series(1, $1::int - 2) as one where id like 'link.http.%'`,
    [SERVICES],
  )
  await bagad.query(
    `insert into figures.point (figure, at, precision, value, state, source)
     select id, daterange(day::date, day::date + 1), 'day', 1000 + extract(doy from day), 'known', 'live'
     from figures.figure, generate_series(current_date - 730, current_date - 1, interval '1 day') as day where daily`,
  )
  // As the server does by itself a minute later.
  await bagad.query('vacuum analyze figures.point')
}

/** Thirty years of days of two hundred series. */
async function plant(bagad: Installation): Promise<void> {
  await bagad.query(
    `insert into figures.figure (id, service, kind, unit, label_fr, label_en, declared)
     select 'bench.series' || one, 'bench', 'stock', 'count', 'Chiffre ' || one, 'Figure ' || one, true from generate_series(1, $1::int) as one`,
    [SERIES],
  )
  for (let year = 2026 - YEARS; year < 2026; year++)
    await bagad.query(
      `insert into figures.point (figure, at, precision, value, state, source)
       select 'bench.series' || one, daterange(day::date, day::date + 1), 'day', one * 1000 + extract(doy from day), 'known', 'live'
       from generate_series(1, $1::int) as one, generate_series(make_date($2, 1, 1), make_date($2, 12, 31), interval '1 day') as day`,
      [SERIES, year],
    )
  // As the server does by itself a minute later.
  await bagad.query('vacuum analyze figures.point')
}

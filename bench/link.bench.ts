import { randomBytes } from 'node:crypto'
import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { askExactly } from './asker.ts'
import { median, type Bench } from './bench.ts'
import { Installation } from './installation.ts'
import { startNginx } from './nginx.ts'
import { wrk, type Load } from './wrk.ts'

/** Links of the report of 2023, in March 2024. */
const LINKS = 58_640

const HOST = 'link.localhost'
const SECONDS = 4

/** One path alone, and all of them in random order. */
const MEASURED = ['nginx', 'hot', 'nginx, random', 'random'] as const
type Measured = (typeof MEASURED)[number]
const ROUNDS = 5

/** What redirects reach at least, of nginx's rate for the same ones. */
const LEAST_RATIO = 0.3

/** Redirects with exact counts against the limit of one HTTP answer, in one run, by turns. */
export const bench: Bench = async ({ say }) => {
  const nginx = await startNginx()
  const bagad = new Installation()
  try {
    await bagad.start()
    const firstStart = bagad.startedIn
    await bagad.stop()
    await bagad.start()
    say(`start: first ${seconds(firstStart)}, second ${seconds(bagad.startedIn)}`)
    await sleep(3000)
    const memory = bagad.memory()
    say(`memory when idle, in MB: ${JSON.stringify(memory)}`)

    const slugs = await plant(bagad)
    await bagad.stop()
    await bagad.start()
    await sleep(3000)
    say(`memory with ${LINKS} links, in MB: ${JSON.stringify(bagad.memory())}`)
    const [hot = '/'] = slugs

    // Each against nginx under the same load: who asks for thousands of paths is slower at asking, too. One kind after
    // the other: the counts of thousands of links are added for ten seconds more.
    const rounds: Record<Measured, Load[]> = { nginx: [], hot: [], 'nginx, random': [], random: [] }
    for (const { limit, name, paths } of [
      { limit: 'nginx', name: 'hot', paths: [hot] },
      { limit: 'nginx, random', name: 'random', paths: slugs },
    ] as const)
      for (let round = 0; round < ROUNDS; round++) {
        rounds[limit].push(
          await wrk({ port: nginx.port, pid: nginx.worker, host: HOST, paths: [...paths], seconds: SECONDS }),
        )
        rounds[name].push(
          await wrk({ port: bagad.port, pid: bagad.web, host: HOST, paths: [...paths], seconds: SECONDS }),
        )
      }
    const limits = {
      hot: median(rounds.nginx.map(({ rate }) => rate)),
      random: median(rounds['nginx, random'].map(({ rate }) => rate)),
    }
    const told = MEASURED.map((name) => {
      const loads = rounds[name]
      const rate = median(loads.map((load) => load.rate))
      const limit = name.endsWith('random') ? limits.random : limits.hot
      const row = {
        rate: Math.round(rate),
        ratio: round2(rate / limit),
        p50: median(loads.map(({ p50 }) => p50)),
        p99: median(loads.map(({ p99 }) => p99)),
        cpu: median(loads.map(({ cpu }) => cpu)),
        errors: loads.reduce((sum, { errors }) => sum + errors, 0),
      }
      say(
        `${name.padEnd(13)} ${row.rate} redirects/s  ${row.ratio} of nginx  p50 ${row.p50} ms  p99 ${row.p99} ms  ${row.cpu} µs of a core  errors ${row.errors}`,
      )
      return [name, row] as const
    })

    for (const [name, { ratio }] of told)
      if (ratio < LEAST_RATIO) throw new Error(`${name}: ${ratio} of nginx, less than ${LEAST_RATIO}`)

    const exact = await countExactly(bagad, bagad.port, slugs, 100_000)
    say(`exact: ${exact.served} redirects served, ${exact.counted} visits counted`)
    const away = await whileDatabaseDies(bagad, slugs)
    say(
      `database killed meanwhile: ${JSON.stringify(away.statuses)}, asked again ${away.again}, ${away.counted} visits counted of ${away.served}`,
    )
    const stopped = await takenDownUnderLoad(bagad, slugs)
    say(`taken down under load: stopped after ${stopped} ms`)
    const creation = await creations(bagad, 300)
    say(`creation with all local checks: p50 ${creation.p50} ms, p99 ${creation.p99} ms`)

    const second = await bagad.anotherWeb()
    await sleep(3000)
    const both = await Promise.all(
      [{ port: bagad.port, pid: bagad.web }, second].map((one) =>
        wrk({ ...one, host: HOST, paths: slugs, seconds: SECONDS }),
      ),
    )
    const together = Math.round(both.reduce((sum, { rate }) => sum + rate, 0))
    say(
      `two web processes (and two askers, on the same cores): ${together} redirects/s together, ${round2(together / limits.random)} of nginx`,
    )

    const pages = { portal: await weigh(bagad.port, 'localhost'), link: await weigh(bagad.port, HOST) }
    for (const [name, page] of Object.entries(pages))
      say(`page ${name}: ${page.bytes} bytes with zstd, ${page.milliseconds} ms (median of 200)`)
    return {
      start: { first: Math.round(firstStart), second: Math.round(bagad.startedIn) },
      memory,
      redirects: Object.fromEntries(told),
      exact,
      away,
      takenDownAfter: stopped,
      creation,
      twoProcesses: together,
      pages,
    }
  } finally {
    await nginx.stop()
    await bagad.remove()
  }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`
const round2 = (value: number) => Math.round(value * 100) / 100

/** Makes the links of the report; gives their paths. */
async function plant(bagad: Installation): Promise<string[]> {
  const slugs = Array.from({ length: LINKS }, (_, index) => `${randomBytes(4).toString('hex')}${index.toString(36)}`)
  await bagad.query(
    `insert into link.link (slug, url, host, source, next_check_at)
     select slug, 'https://www.brest.fr/page/' || slug, 'www.brest.fr', 'import', now() + interval '30 days' from unnest($1::text[]) as slug`,
    [slugs],
  )
  return slugs.map((slug) => `/${slug}`)
}

async function visits(bagad: Installation): Promise<number> {
  const [row] = await bagad.query<{ visits: string }>(
    `select (select sum(clicks) from link.link) + coalesce((select sum(one) from link.visit_batch, unnest(visit_batch.clicks) as one), 0) as visits`,
  )
  return Number(row?.visits ?? 0)
}

/** Waits until nothing more is written, then gives the sum. */
async function settledVisits(bagad: Installation): Promise<number> {
  for (let before = -1, now = await visits(bagad); ; before = now, now = await visits(bagad)) {
    if (before === now) return now
    await sleep(2500)
  }
}

async function countExactly(
  bagad: Installation,
  port: number,
  paths: string[],
  requests: number,
): Promise<{ served: number; counted: number }> {
  const before = await settledVisits(bagad)
  const { statuses } = await askExactly({ port, host: HOST, paths, requests })
  return { served: statuses[302] ?? 0, counted: (await settledVisits(bagad)) - before }
}

/** PostgreSQL is killed while redirects are asked for; its supervisor starts it again. */
async function whileDatabaseDies(
  bagad: Installation,
  paths: string[],
): Promise<{ statuses: Record<number, number>; again: number; served: number; counted: number }> {
  const before = await settledVisits(bagad)
  const asking = askExactly({ port: bagad.port, host: HOST, paths, requests: 150_000 })
  await sleep(1500)
  process.kill(bagad.postmaster, 'SIGKILL')
  const { statuses, again } = await asking
  for (let tries = 0; tries < 100; tries++) {
    const isBack = await bagad.query('select 1').then(() => true, () => false) // prettier-ignore
    if (isBack) break
    await sleep(200)
  }
  await sleep(3000)
  return { statuses, again, served: statuses[302] ?? 0, counted: (await settledVisits(bagad)) - before }
}

/** Milliseconds until a link that is taken down stops, while others are asked for as fast as can be. */
async function takenDownUnderLoad(bagad: Installation, paths: string[]): Promise<number> {
  const [path = '/'] = paths
  const load = wrk({ port: bagad.port, pid: bagad.web, host: HOST, paths, seconds: 4 })
  await sleep(1000)
  await bagad.query(`update link.link set state = 'removed' where slug = $1`, [path.slice(1)])
  const began = performance.now()
  while ((await statusOf(bagad.port, path)) === 302) await sleep(5)
  const took = Math.round(performance.now() - began)
  await load
  await bagad.query(`update link.link set state = 'active' where slug = $1`, [path.slice(1)])
  return took
}

function statusOf(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers: { host: HOST } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    }).on('error', reject)
  })
}

async function creations(bagad: Installation, count: number): Promise<{ p50: number; p99: number }> {
  const times: number[] = []
  for (let index = 0; index < count; index++) {
    const began = performance.now()
    const answer = await fetch(`http://127.0.0.1:${bagad.port}/api/v1/links`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: `https://www.brest.fr/${index}` }),
    })
    await answer.arrayBuffer()
    times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  const at = (part: number) => round2(times[Math.floor(times.length * part)] ?? 0)
  return { p50: at(0.5), p99: at(0.99) }
}

/** Bytes of a page as a browser gets it, and the time until it is there. */
async function weigh(port: number, host: string): Promise<{ bytes: number; milliseconds: number }> {
  const times: number[] = []
  let bytes = 0
  for (let index = 0; index < 200; index++) {
    const began = performance.now()
    bytes = await new Promise<number>((resolve, reject) => {
      get(
        { host: '127.0.0.1', port, path: '/', headers: { host, accept: 'text/html', 'accept-encoding': 'zstd' } },
        (answer) => {
          let size = 0
          answer.on('data', (chunk: Buffer) => (size += chunk.length))
          answer.on('end', () => resolve(size))
        },
      ).on('error', reject)
    })
    times.push(performance.now() - began)
  }
  return { bytes, milliseconds: round2(median(times)) }
}

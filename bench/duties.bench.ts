import { spawnSync } from 'node:child_process'
import { chownSync, copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { randomFillSync } from 'node:crypto'
import { pino } from 'pino'
import { FileBlobs } from '../src/platform/blobs/file-blobs.ts'
import { Database } from '../src/platform/database/database.ts'
import { migrate } from '../src/platform/database/migrations.ts'
import { embeddedConnection } from '../src/platform/database/embedded.ts'
import { Retention } from '../src/platform/retention/retention.ts'
import { cellar } from '../tests/cellar/cellar.ts'
import { median, type Bench } from './bench.ts'
import { Installation } from './installation.ts'
import { asker, signedIn } from './signed-in.ts'

const ROWS = 1_000_000
const BLOBS = { count: 1000, bytes: 1_000_000 }
const EXPIRED = 100_000
const ROUNDS = 5

/** What waits at the desk, of all contents. */
const REPORTS = { items: 2000, each: 3 }
const DESK = 'moderation.localhost'
const PASSWORD = 'Goélands au-dessus du Moulin Blanc'

/** Backup and restore against what the server and the disk do at best, the desk's pages, and the purge. */
export const bench: Bench = async ({ say }) => {
  const bagad = new Installation()
  try {
    await bagad.start()
    await plant(bagad)
    const backup = await backups(bagad, say)
    const restore = await restores(bagad, say)
    const desk = await queues(bagad, say)
    const purge = await purges(bagad)
    say(
      `purge of ${EXPIRED} rows: ${seconds(purge.rows)} (${purge.rowsBare} ms by one statement), then ${EXPIRED} blobs: ${seconds(purge.blobs)}`,
    )
    return { backup, restore, desk, purge }
  } finally {
    await bagad.remove()
  }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`
const round2 = (value: number) => Math.round(value * 100) / 100

async function timed(work: () => Promise<unknown> | void): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

async function plant(bagad: Installation): Promise<void> {
  await bagad.query(
    `insert into link.link (slug, url, url_hash, host, domain, source, title, next_check_at)
     select 'l' || n, 'https://www.brest.fr/page/' || md5(n::text), decode(md5(n::text), 'hex'), 'www.brest.fr', 'brest.fr', 'import', 'Page ' || n, now() + interval '30 days'
     from generate_series(1, $1::int) as n`,
    [ROWS],
  )
  await bagad.query('vacuum analyze link.link')
  const blobs = new FileBlobs(join(bagad.data, 'blobs'), pino({ level: 'silent' }))
  const content = Buffer.alloc(BLOBS.bytes)
  for (let index = 0; index < BLOBS.count; index++) await blobs.put(`bench/${index}`, randomFillSync(content))
}

/** A command as an operator runs it, on the instance or on another. */
function command(bagad: Installation, args: string[], env: Record<string, string> = {}): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(process.env['BAGAD_BUILD'] ?? '', 'main.js'), ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, BAGAD_DATA: bagad.data, BAGAD_DEMO: 'off', BAGAD_LOG_LEVEL: 'error', ...env },
    },
  )
  if (status !== 0) throw new Error(`bagad ${args.join(' ')}: ${stderr}`)
}

/** A folder that the database's account may write to. */
function ownFolder(bagad: Installation, name: string): string {
  const folder = join(dirname(bagad.data), name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const { uid, gid } = statSync(bagad.data)
  chownSync(folder, uid, gid)
  return folder
}

/** The files as `cp` copies them, and made to last as a backup is. */
function copyFiles(from: string, to: string): void {
  for (const [program, ...args] of [
    ['cp', '--recursive', from, to],
    ['sync', '--file-system', to],
  ])
    // prettier-ignore
    if (program && spawnSync(program, args).status !== 0) throw new Error(`${program} failed`)
}

async function backups(bagad: Installation, say: (line: string) => void): Promise<Record<string, number>> {
  const times: Record<'bagad' | 'again' | 'copy' | 'cp', number[]> = { bagad: [], again: [], copy: [], cp: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const place = join(dirname(bagad.data), 'backups')
    rmSync(place, { recursive: true, force: true })
    times.bagad.push(await timed(() => command(bagad, ['backup', place])))
    times.again.push(await timed(() => command(bagad, ['backup', place])))
    const folder = ownFolder(bagad, 'bare')
    times.copy.push(await timed(() => bagad.query(`copy link.link to '${folder}/link.copy'`)))
    times.cp.push(await timed(() => copyFiles(join(bagad.data, 'blobs', 'kept'), join(folder, 'kept'))))
  }
  return compared('backup', times, say)
}

async function restores(bagad: Installation, say: (line: string) => void): Promise<Record<string, number>> {
  const times: Record<'bagad' | 'copy' | 'cp', number[]> = { bagad: [], copy: [], cp: [] }
  const place = join(dirname(bagad.data), 'backups')
  for (let round = 0; round < ROUNDS; round++) {
    const data = ownFolder(bagad, 'restored')
    copyFileSync(join(bagad.data, 'instance.key'), join(data, 'instance.key'))
    await bagad.query('drop database if exists restored')
    await bagad.query('create database restored')
    const url = `postgres://bagad@localhost/restored?host=${encodeURIComponent(join(bagad.data, 'run'))}`
    times.bagad.push(await timed(() => command(bagad, ['restore', place], { BAGAD_DATA: data, DATABASE_URL: url })))
    const bare = join(dirname(bagad.data), 'bare')
    await bagad.query('drop table if exists bare_link')
    await bagad.query('create table bare_link (like link.link including all)')
    times.copy.push(await timed(() => bagad.query(`copy bare_link from '${bare}/link.copy'`)))
    rmSync(join(bare, 'again'), { recursive: true, force: true })
    times.cp.push(await timed(() => copyFiles(join(bare, 'kept'), join(bare, 'again'))))
  }
  await bagad.query('drop table if exists bare_link')
  return compared('restore', times, say)
}

function compared(
  what: string,
  times: Record<'bagad' | 'copy' | 'cp', number[]> & { again?: number[] },
  say: (line: string) => void,
): Record<string, number> {
  const [ours, copy, cp] = [median(times.bagad), median(times.copy), median(times.cp)]
  // By rounds: what else the machine does is then much the same for both.
  const ratio = round2(
    median(times.bagad.map((time, round) => ((times.copy[round] ?? 0) + (times.cp[round] ?? 0)) / time)),
  )
  const again = times.again ? median(times.again) : undefined
  say(
    `${what} of ${ROWS} rows and ${BLOBS.count} MB: ${seconds(ours)}; COPY ${seconds(copy)} + cp ${seconds(cp)}: ${ratio} of them${again === undefined ? '' : `; once more, nothing new: ${seconds(again)}`}`,
  )
  return {
    bagad: Math.round(ours),
    copy: Math.round(copy),
    cp: Math.round(cp),
    ratio,
    ...(again !== undefined && { again: Math.round(again) }),
  }
}

async function purges(bagad: Installation): Promise<{ rows: number; rowsBare: number; blobs: number }> {
  const service = cellar()
  await using database = new Database(embeddedConnection(bagad.data))
  if (service.migrations) await migrate(database, [{ schema: 'cellar', folder: service.migrations }])
  const lay = () =>
    bagad.query(
      `insert into cellar.bottle (label, laid_at) select 'cellar/' || n % 1000 || '/' || n, now() - interval '2 years' from generate_series(1, $1::int) as n`,
      [EXPIRED],
    )
  await lay()
  const rowsBare = await timed(() => bagad.query('delete from cellar.bottle'))
  await lay()
  const kept = join(bagad.data, 'blobs', 'kept')
  for (let index = 1; index <= EXPIRED; index++) {
    const folder = join(kept, 'cellar', String(index % 1000))
    if (index <= 1000) mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${index}=`), 'a label')
  }
  await using blobs = new FileBlobs(join(bagad.data, 'blobs'), pino({ level: 'silent' }))
  const retention = new Retention({ database, blobs, services: [service], timeZone: 'UTC' })
  const { signal } = new AbortController()
  const rows = await timed(() => retention.purge({ signal }))
  const gone = await timed(() => retention.purge({ signal, now: Temporal.Now.instant().add({ hours: 25 }) }))
  return { rows: Math.round(rows), rowsBare: Math.round(rowsBare), blobs: Math.round(gone) }
}

/** The desk's queue and a case, as a moderator's browser gets them, with two thousand reported contents among all. */
async function queues(bagad: Installation, say: (line: string) => void): Promise<Record<string, number>> {
  bagad.command([
    'user',
    'add',
    '--login',
    'yann',
    '--email',
    'yann@example.org',
    '--password',
    PASSWORD,
    '--role',
    'moderator',
  ])
  await bagad.query(
    `insert into desk.item (service, content, category, urgency, reports) select 'link', 'l' || n * 7, 'spam', 30 + n % 60, $2 from generate_series(1, $1::int) as n`,
    [REPORTS.items, REPORTS.each],
  )
  await bagad.query(
    `insert into desk.report (item, reference, category, weight, explanation, language, is_counted)
     select id, 'R' || id || n, 'spam', 30, 'This is not what it says.', 'en', true from desk.item, generate_series(1, $1::int) as n`,
    [REPORTS.each],
  )
  await bagad.query('analyze desk.item, desk.report')
  const ask = asker(bagad.port)
  const cookie = await signedIn(ask, DESK, 'yann', PASSWORD)
  const look = async (path: string) => {
    const times: number[] = []
    for (let turn = 0; turn < 60; turn++) {
      const { status, milliseconds } = await ask(DESK, path, { cookie })
      if (status !== 200) throw new Error(`${path}: ${status}`)
      if (turn >= 10) times.push(milliseconds)
    }
    return Math.round(median(times) * 10) / 10
  }
  const [first, last, one] = [
    await look('/file'),
    await look(`/file?offset=${REPORTS.items - 50}`),
    await look('/file/link/l7'),
  ]
  say(
    `desk, ${REPORTS.items} reported contents of ${ROWS}: first page of the queue ${first} ms, last page ${last} ms, a case ${one} ms (at most 50)`,
  )
  return { first, last, one }
}

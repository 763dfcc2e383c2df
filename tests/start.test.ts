import {
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { unprivilegedAccount } from '../src/platform/children/account.ts'
import { ask, BROWSER, migratedDatabase } from './instance.ts'
import { dataFolder, isAlive, postmaster, processes, root, Start, until } from './process.ts'

const LAUNCHER = ['node', join(root, 'bin', 'bagad.mjs'), 'start']
const isRoot = process.getuid?.() === 0

let data: ReturnType<typeof dataFolder>
let starts: Start[]

/** Starts on the test's data; a port of its own unless told otherwise. */
function start(env: Record<string, string> = {}, command = LAUNCHER, options = {}): Start {
  const one = new Start(command, { BAGAD_DATA: data.path, BAGAD_PORT: '0', BAGAD_LIMITS: 'relaxed', ...env }, options)
  starts.push(one)
  return one
}

const works = async (port: number) => (await ask(port, 'link.localhost', '/venir')).status === 302
const shorten = async (port: number) =>
  (
    await ask(port, 'link.localhost', '/api/v1/links', { method: 'POST', body: { url: 'https://www.brest.fr/' } })
  ).json().slug

beforeEach(() => {
  data = dataFolder()
  starts = []
  return () => data.remove()
})

afterEach(async () => {
  for (const one of starts) await one.stop()
})

describe('npm start', { timeout: 240_000 }, () => {
  const seed = dataFolder()
  beforeAll(async () => {
    const first = new Start(LAUNCHER, { BAGAD_DATA: seed.path, BAGAD_PORT: '0' })
    await first.ready()
    await first.stop()
  })
  afterAll(() => seed.remove())

  /**
   * Gives the test the data of an instance that was started and stopped once: a first start is what it is not about.
   */
  function beginWithData(folder = data.path): void {
    cpSync(seed.path, folder, { recursive: true, preserveTimestamps: true })
    const { uid, gid } = statSync(seed.path)
    for (const path of [folder, ...readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))])
      lchownSync(path, uid, gid)
  }

  test('makes a demonstration, says where everything is, and a second start has nothing left to do and keeps it', async () => {
    const first = start()
    const port = await first.ready()
    expect(first.output).toMatch(new RegExp(`link +http://link.localhost:${port}`))
    expect(await works(port)).toBe(true)
    expect((await ask(port, 'localhost', '/', { headers: BROWSER })).text).toContain('démonstration')
    expect(JSON.parse(readFileSync(join(data.path, 'ports.json'), 'utf8'))).toEqual({
      web: port,
      metrics: expect.any(Number),
      worker_metrics: expect.any(Number),
    })
    const slug = await shorten(port)
    const { postgres } = first.family(data.path)
    await first.stop()
    expect(isAlive(postgres)).toBe(false)
    expect(existsSync(join(data.path, 'postgres-18', 'postmaster.pid'))).toBe(false)

    const began = Date.now()
    const second = start()
    const again = await second.ready()
    console.log(`a second start: ${Date.now() - began} ms`)
    expect(second.output).not.toMatch(/Installing|Building/)
    expect((await ask(again, 'link.localhost', `/${slug}`)).headers.location).toBe('https://www.brest.fr/')
    expect((await ask(again, 'localhost', '/', { headers: BROWSER })).text).toContain('démonstration')
  })

  test('after the supervisor alone is killed, its children end, and the next start adopts the database', async () => {
    beginWithData()
    const one = start()
    const port = await one.ready()
    const slug = await shorten(port)
    const { supervisor, web, worker, postgres } = one.family(data.path)
    process.kill(supervisor, 'SIGKILL')
    await until('the children have ended', () => ![web, worker].some(isAlive))
    expect(isAlive(postgres)).toBe(true)
    const next = start({ BAGAD_PORT: String(port) })
    expect(await next.ready()).toBe(port)
    expect(postmaster(data.path)).toBe(postgres)
    expect((await ask(port, 'link.localhost', `/${slug}`)).status).toBe(302)
    await next.stop()
    expect(isAlive(postgres)).toBe(false)
  })

  test('after the launcher alone is killed, everything stops in order', async () => {
    beginWithData()
    const one = start()
    await one.ready()
    const { supervisor, web, worker, postgres } = one.family(data.path)
    one.child.kill('SIGKILL')
    await until('all have ended', () => ![supervisor, web, worker, postgres].some(isAlive))
    expect(existsSync(join(data.path, 'postgres-18', 'postmaster.pid'))).toBe(false)
  })

  test('after all are killed at once, the next start on the same port is clean', async () => {
    beginWithData()
    const one = start()
    const port = await one.ready()
    const slug = await shorten(port)
    const family = Object.values(one.family(data.path))
    one.child.kill('SIGKILL')
    for (const pid of family) process.kill(pid, 'SIGKILL')
    const next = start({ BAGAD_PORT: String(port) })
    expect(await next.ready()).toBe(port)
    expect((await ask(port, 'link.localhost', `/${slug}`)).status).toBe(302)
  })

  test('a stale lock whose number is somebody else’s by now is no obstacle', async () => {
    beginWithData()
    writeFileSync(join(data.path, 'postgres-18', 'postmaster.pid'), `${process.pid}\n${data.path}/postgres-18\n`)
    expect(await works(await start().ready())).toBe(true)
  })

  test('a second copy on the same data is refused in a line; beside it with other data, it runs', async () => {
    beginWithData()
    const one = start()
    const port = await one.ready()
    const second = start()
    expect(await second.over()).toBe(1)
    expect(second.output).toMatch(
      /another Bagad runs on the data in .*\. Stop it first, or set BAGAD_DATA to another folder\./,
    )
    expect(second.output).not.toMatch(/\n\s+at /)
    const other = dataFolder()
    beginWithData(other.path)
    try {
      const beside = start({ BAGAD_DATA: other.path })
      const otherPort = await beside.ready()
      expect(otherPort).not.toBe(port)
      expect([await works(port), await works(otherPort)]).toEqual([true, true])
      await beside.stop()
    } finally {
      await other.remove()
    }
  })

  test('a port that was asked for and is taken is refused in a line; a default one gives way', async () => {
    beginWithData()
    const taken = createServer()
    await new Promise<void>((done) => taken.listen(8080, '127.0.0.1', done).on('error', () => done()))
    try {
      const named = start({ BAGAD_PORT: '8080' })
      expect(await named.over()).toBe(1)
      expect(named.output).toMatch(/port 8080 is taken\. Free it, or set BAGAD_PORT to another one/)
      expect(await start({ BAGAD_PORT: '' }).ready()).not.toBe(8080)
    } finally {
      taken.close()
    }
  })

  test('a setting that cannot be used is told in a line, before anything starts', async () => {
    const one = start({ BAGAD_PORT: 'abc' })
    expect(await one.over()).toBe(1)
    expect(one.output.trim()).toBe(
      'bagad: BAGAD_PORT is "abc": expected a whole number from 0 to 65535 (0: any free port)',
    )
    expect(existsSync(data.path)).toBe(false)
  })

  test('a stop in the middle of a start is clean', async () => {
    beginWithData()
    for (const wait of [100, 500, 900, 1300]) {
      const one = start()
      await new Promise((resolve) => setTimeout(resolve, wait))
      await one.stop()
      expect(processes().filter(({ command }) => command.includes(data.path))).toEqual([])
    }
    await start().ready()
  })

  test('from another folder, through npx, and with Ctrl-C to the whole group', async () => {
    beginWithData()
    const one = start({}, ['npx', '--no', '--prefix', root, 'bagad', 'start'], { cwd: '/', detached: true })
    await one.ready()
    expect(processes().some(({ command }) => command.includes(`${data.path}/postgres-18`))).toBe(true)
    if (one.child.pid) process.kill(-one.child.pid, 'SIGINT')
    await one.over()
    await until('the database has stopped', () => !existsSync(join(data.path, 'postgres-18', 'postmaster.pid')))
    expect(processes().filter(({ command }) => command.includes(data.path))).toEqual([])
  })

  test.skipIf(!isRoot)(
    'by root, everything but the supervisor runs unprivileged, also below a folder that only root may enter',
    async () => {
      expect(statSync(join(data.path, '..')).mode & 0o777).toBe(0o700)
      const one = start()
      await one.ready()
      const { web, worker, postgres } = one.family(data.path)
      for (const pid of [web, worker, postgres])
        expect(readFileSync(`/proc/${pid}/status`, 'utf8')).not.toMatch(/^Uid:\s+0/m)
    },
  )

  test.skipIf(!isRoot)(
    'by root, a command on an empty folder that is still root’s gives it to the account, as a start does',
    async () => {
      mkdirSync(data.path)
      const command = start({}, ['node', join(root, 'bin', 'bagad.mjs'), 'doctor'])
      expect(await command.over()).toBe(0)
      expect(statSync(data.path).uid).toBe(unprivilegedAccount(undefined, data.path)?.uid)
      expect(statSync(data.path).uid).not.toBe(0)
    },
  )

  test.skipIf(!isRoot)('by an ordinary user, it runs as that user', async () => {
    const { uid = 0, gid = 0 } = unprivilegedAccount(undefined, data.path) ?? {}
    const home = mkdtempSync('/tmp/bagad-user-')
    chownSync(home, uid, gid)
    const own = join(home, 'data')
    const one = start({ BAGAD_DATA: own, HOME: home }, LAUNCHER, { uid, gid })
    await one.ready()
    expect(statSync(own).uid).toBe(uid)
    await one.stop()
    rmSync(home, { recursive: true })
  })

  test('with DATABASE_URL there is no embedded database, and two starts share the one that is named', async () => {
    const database = await migratedDatabase()
    const env = {
      DATABASE_URL: `postgres://bagad@localhost/${database.database}?host=${encodeURIComponent(inject('databaseHost'))}`,
      BAGAD_DEMO: 'on',
    }
    const [one, other] = [start(env), start({ ...env, BAGAD_DATA: `${data.path}-other` })]
    const [port, otherPort] = [await one.ready(), await other.ready()]
    const slug = await shorten(port)
    expect((await ask(otherPort, 'link.localhost', `/${slug}`)).headers.location).toBe('https://www.brest.fr/')
    expect(existsSync(join(data.path, 'postgres-18'))).toBe(false)
  })

  test('a stop that is told to the whole group, so twice to each, loses no visit', async () => {
    const database = await migratedDatabase()
    const env = {
      DATABASE_URL: `postgres://bagad@localhost/${database.database}?host=${encodeURIComponent(inject('databaseHost'))}`,
      BAGAD_DEMO: 'on',
    }
    const one = start(env, LAUNCHER, { detached: true })
    const port = await one.ready()
    const slug = await shorten(port)
    for (let visit = 0; visit < 50; visit++) await ask(port, 'link.localhost', `/${slug}`)
    if (one.child.pid) process.kill(-one.child.pid, 'SIGTERM')
    await one.over()
    const client = new Client(database)
    await client.connect()
    expect((await client.query('select clicks from link.link where slug = $1', [slug])).rows).toEqual([
      { clicks: '50' },
    ])
    await client.end()
  })

  test('data that cannot be made or written are told in a line', async () => {
    for (const path of ['/proc/bagad/data', '/dev/null/data']) {
      const one = start({ BAGAD_DATA: path })
      expect(await one.over()).toBe(1)
      expect(one.output).toMatch(
        /^bagad: the data folder .* cannot be made \(E\w+\)\. Set BAGAD_DATA to a folder that .* may write to\.$/m,
      )
    }
  })

  describe('one that runs', () => {
    const own = dataFolder()
    const file = `${own.path}.pid`
    let one: Start
    let port: number
    beforeAll(async () => {
      beginWithData(own.path)
      one = new Start(LAUNCHER, {
        BAGAD_DATA: own.path,
        BAGAD_PORT: '0',
        BAGAD_LIMITS: 'relaxed',
        BAGAD_PID_FILE: file,
      })
      port = await one.ready()
    })
    afterAll(async () => {
      await one.stop()
      await own.remove()
    })
    const command = (...args: string[]) =>
      start({ BAGAD_DATA: own.path }, ['node', join(root, 'bin', 'bagad.mjs'), ...args])

    test('starts a child again that is killed; the others go on', async () => {
      const before = one.family(own.path)
      process.kill(before.web, 'SIGKILL')
      await until(
        'the web process is back',
        async () => one.family(own.path).web !== before.web && (await works(port).catch(() => false)),
      )
      process.kill(before.worker, 'SIGKILL')
      await until('the worker is back', () => ![0, before.worker].includes(one.family(own.path).worker))
      const after = one.family(own.path)
      expect(after).toMatchObject({ supervisor: before.supervisor, postgres: before.postgres })
    })

    test('starts the database again when it is killed; the pages come back by themselves', async () => {
      const slug = await shorten(port)
      const { postgres, web } = one.family(own.path)
      process.kill(postgres, 'SIGKILL')
      await until('another database runs', () => ![0, postgres].includes(postmaster(own.path)))
      await until('the pages are back', async () => (await ask(port, 'link.localhost', `/${slug}`)).status === 302)
      expect(one.family(own.path).web).toBe(web)
    })

    test('lets commands work beside it, stops by the number that stands where it was asked for, and leaves commands to work alone', async () => {
      const beside = command('figures', 'import', join(root, 'data', 'report-2023.json'))
      expect(await beside.over()).toBe(0)
      expect(beside.output).toContain('40 series, 0 new points, 14 tables')
      process.kill(Number(readFileSync(file, 'utf8')), 'SIGTERM')
      expect(await one.over()).toBe(0)
      expect(existsSync(file)).toBe(false)
      const without = command('figures', 'snapshot', 'mars 2026')
      expect(await without.over()).toBe(0)
      expect(without.output).toMatch(/^[1-9]\d* figures frozen as "mars 2026"$/m)
      expect(existsSync(join(own.path, 'postgres-18', 'postmaster.pid'))).toBe(false)
    })
  })
})

import { pino } from 'pino'
import { Type } from 'typebox'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BROWSER, emptyDatabase, openTestInstance } from '../../../tests/instance.ts'
import { until } from '../../../tests/process.ts'
import { runMigrations } from 'graphile-worker'
import { migrate } from '../database/migrations.ts'
import { migrationsOf } from '../schemas.ts'
import { Database } from '../database/database.ts'
import { defineJob, POOLS, type Job } from './job.ts'
import { Jobs } from './jobs.ts'
import { quiet, Worker } from './worker.ts'

const log = pino({ level: 'silent' })
let connection: Awaited<ReturnType<typeof emptyDatabase>>
let database: Database
let jobs: Jobs
let workers: Worker[]

const db = () => database.schema<Record<string, never>>('public')
const work = () => {
  const worker = new Worker({ connection, jobs: jobs.declared, log })
  workers.push(worker)
  return worker
}
const declare = (job: Omit<Job, 'name'>) => jobs.declare('bell', [{ name: 'ring', ...job }])

beforeEach(async () => {
  connection = await emptyDatabase()
  database = new Database(connection)
  await migrate(database, migrationsOf([]))
  await runMigrations({ pgPool: database.pool, logger: quiet })
  jobs = new Jobs(database)
  workers = []
})
afterEach(async () => {
  for (const worker of workers) await worker[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

test('a job is done once, with what it was given, and by whichever worker is free', async () => {
  const done: unknown[] = []
  declare({ run: async (payload) => void done.push(payload) })
  work()
  work()
  for (let index = 0; index < 40; index++) await jobs.enqueue(db(), 'bell.ring', { index })
  await until('all are done', () => done.length === 40)
  expect(new Set(done.map((one) => JSON.stringify(one))).size).toBe(40)
  expect(await jobs.state()).toEqual({ waiting: 0, lateBy: 0, failed: 0 })
})

test('a job asked for in a transaction that is rolled back never runs', async () => {
  const done: unknown[] = []
  declare({ run: async (payload) => void done.push(payload) })
  work()
  const undone = db()
    .transaction()
    .execute(async (transaction) => {
      await jobs.enqueue(transaction, 'bell.ring', { is: 'undone' })
      throw new Error('no')
    })
  await expect(undone).rejects.toThrow('no')
  await jobs.enqueue(db(), 'bell.ring', { is: 'done' })
  await until('the other is done', () => done.length > 0)
  expect(done).toEqual([{ is: 'done' }])
})

test('two jobs with one key are one, with what was asked last', async () => {
  const done: unknown[] = []
  declare({ run: async (payload) => void done.push(payload) })
  for (const index of [1, 2, 3]) await jobs.enqueue(db(), 'bell.ring', { index }, { key: 'ring' })
  work()
  await until('it is done', () => done.length > 0)
  expect(done).toEqual([{ index: 3 }])
})

test('a job that nobody declares, or whose payload has another shape, is a bug that shows', async () => {
  await expect(jobs.enqueue(db(), 'bell.sing')).rejects.toThrow('no service declares the job bell.sing')
  const job = defineJob({ name: 'ring', payload: Type.Object({ times: Type.Integer() }), run: async () => {} })
  await expect(job.run({ times: 'often' }, { signal: new AbortController().signal, log })).rejects.toThrow('Parse')
})

test('a job that fails is tried again; given up, it is listed and can be tried anew', async () => {
  let isWell = false
  let tries = 0
  declare({
    tries: 1,
    run: async () => {
      tries++
      if (!isWell) throw new Error('the rope is torn')
    },
  })
  work()
  await jobs.enqueue(db(), 'bell.ring')
  await until('it was given up', async () => (await jobs.state()).failed === 1)
  expect(await jobs.troubled()).toEqual([
    expect.objectContaining({
      name: 'bell.ring',
      error: expect.stringContaining('the rope is torn'),
      tries: 1,
      isGivenUp: true,
      isSettled: false,
    }),
  ])
  isWell = true
  expect(await jobs.retry()).toBe(1)
  await until('it was done', () => tries === 2)
  await until('nothing is left', async () => (await jobs.troubled()).length === 0)
})

test('the clock enqueues once for all workers, and the queue knows it', async () => {
  declare({ schedule: '* * * * *', run: async () => {} })
  work()
  work()
  const known = () => database.pool.query('select identifier from graphile_worker._private_known_crontabs')
  await until('the schedule is known', async () => (await known()).rows.length > 0)
  expect((await known()).rows).toEqual([{ identifier: 'bell.ring' }])
})

test('a quick job begins at once while slow jobs hold every slot of their pool', async () => {
  const slots = POOLS.slow.slots
  const finish = Promise.withResolvers<void>()
  let began = 0
  const rings: number[] = []
  jobs.declare('bell', [
    {
      name: 'sweep',
      pool: 'slow',
      run: async () => {
        began++
        await finish.promise
      },
    },
    { name: 'ring', run: async () => void rings.push(Date.now()) },
  ])
  work()
  for (let index = 0; index < slots * 3; index++) await jobs.enqueue(db(), 'bell.sweep')
  await until('every slot of the slow pool is busy', () => began === slots)
  const asked = Date.now()
  await jobs.enqueue(db(), 'bell.ring')
  await until('the quick one ran', () => rings.length > 0)
  expect((rings[0] ?? Infinity) - asked).toBeLessThan(1500)
  expect(began).toBe(slots)
  finish.resolve()
  await until('all are done', async () => (await jobs.state()).waiting === 0 && began === slots * 3)
})

test('a job that ends neither by itself nor at its deadline gives its slot back, and its failure says so', async () => {
  let wasAborted = false
  const done: string[] = []
  jobs.declare('bell', [
    {
      name: 'hang',
      pool: 'slow',
      tries: 1,
      deadline: { milliseconds: 200 },
      run: async (_, { signal }) => {
        signal.addEventListener('abort', () => (wasAborted = true))
        await new Promise(() => {})
      },
    },
    { name: 'sweep', pool: 'slow', run: async () => void done.push('sweep') },
  ])
  work()
  for (let index = 0; index < POOLS.slow.slots; index++) await jobs.enqueue(db(), 'bell.hang')
  await jobs.enqueue(db(), 'bell.sweep')
  await until('the slots are free again', () => done.length > 0)
  expect(wasAborted).toBe(true)
  const [trouble] = await jobs.troubled()
  expect(trouble).toMatchObject({ name: 'bell.hang', isGivenUp: true })
  expect(trouble?.error).toContain('bell.hang did not end within its deadline of 0.2 seconds')
})

test('a scheduled job that failed is no trouble once a later run went well, and is still listed', async () => {
  let isWell = false
  declare({
    schedule: '0 0 1 1 *',
    tries: 1,
    run: async () => {
      if (!isWell) throw new Error('the rope is torn')
    },
  })
  work()
  await jobs.enqueue(db(), 'bell.ring')
  await until('it was given up', async () => (await jobs.state()).failed === 1)
  isWell = true
  await jobs.enqueue(db(), 'bell.ring')
  await until('the later one settles it', async () => (await jobs.state()).failed === 0)
  expect(await jobs.troubled()).toEqual([
    expect.objectContaining({ name: 'bell.ring', isGivenUp: true, isSettled: true }),
  ])
  isWell = false
  await jobs.enqueue(db(), 'bell.ring')
  await until('a failure after it is trouble again', async () => (await jobs.state()).failed === 1)
})

describe('when a worker is killed', () => {
  test('its jobs are free within seconds, and done by another', async () => {
    const began: string[] = []
    // A worker that is killed leaves its lock: that of an id that nobody holds.
    declare({ run: async () => void began.push('again') })
    await jobs.enqueue(db(), 'bell.ring')
    await database.pool.query(
      `update graphile_worker._private_jobs set locked_by = 'killed', locked_at = now(), attempts = 1`,
    )
    work()
    await until('another worker has done it', () => began.length > 0)
    expect(began).toEqual(['again'])
  })

  test('those of a living one are left alone, also after its connections were cut', async () => {
    let runs = 0
    let finish = () => {}
    const finished = new Promise<void>((resolve) => (finish = resolve))
    declare({
      run: async () => {
        runs++
        await finished
      },
    })
    work()
    await jobs.enqueue(db(), 'bell.ring')
    await until('it has begun', () => runs === 1)
    work()
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name in ('bagad jobs', 'bagad presence') and datname = current_database()`,
    )
    await new Promise((resolve) => setTimeout(resolve, 8000))
    expect(runs).toBe(1)
    finish()
    await until(
      'it is done',
      async () => (await database.pool.query('select from graphile_worker.jobs')).rows.length === 0,
    )
    await jobs.enqueue(db(), 'bell.ring')
    await until('work goes on', () => runs === 2)
  })
})

test('the status page tells of work that was given up', async () => {
  await using it = await openTestInstance()
  expect((await it.ask('', '/statut', { headers: BROWSER })).status).toBe(200)
  const { platform } = it.instance
  platform.jobs.declare('bell', [{ name: 'ring', run: async () => {} }])
  await platform.jobs.enqueue(platform.database.schema('platform'), 'bell.ring')
  await platform.database.pool.query('update graphile_worker._private_jobs set attempts = max_attempts')
  const page = await it.ask('', '/statut', { headers: BROWSER })
  expect(page.status).toBe(503)
  expect(page.text).toContain('Travail en arrière-plan')
})

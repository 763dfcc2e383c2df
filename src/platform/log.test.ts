import { Writable } from 'node:stream'
import { sql, type Kysely } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { emptyDatabase } from '../../tests/instance.ts'
import { Database } from './database/database.ts'
import { openLog } from './log.ts'

const SECRET = 'anne.le-gall@example.org'

let database: Database
let db: Kysely<unknown>

beforeEach(async () => {
  database = new Database(await emptyDatabase())
  db = database.schema<unknown>('public')
  await database.pool.query(`create table person (email text primary key, age int check (age > 0));
    insert into person values ('${SECRET}', 40);
    create function complain() returns void language plpgsql as $$ begin raise exception 'no place for ${SECRET}'; end $$`)
  return () => database[Symbol.asyncDispose]()
})

/** What the log says of what some work throws. */
async function logged(work: () => unknown): Promise<{ text: string; err: Record<string, string> }> {
  let text = ''
  const log = openLog(
    'debug',
    new Writable({ write: (chunk: Buffer, _, done) => ((text += chunk.toString()), done()) }),
  )
  try {
    await work()
  } catch (error) {
    log.child({ service: 'members' }).error({ err: error }, 'it failed')
  }
  return { text, err: JSON.parse(text).err }
}

test.each([
  ['a row that is there already', '23505', () => sql`insert into person values (${SECRET}, 1)`.execute(db)],
  ['a row that breaks a rule', '23514', () => sql`insert into person values (${`x${SECRET}`}, -1)`.execute(db)],
  ['a value that is no number', '22P02', () => sql`select ${SECRET}::text::int`.execute(db)],
  ['a date that is none', '22007', () => sql`select ${SECRET}::text::date`.execute(db)],
  ['an exception raised in SQL', 'P0001', () => sql`select complain()`.execute(db)],
  ['an address that cannot be read', 'ERR_INVALID_URL', () => new URL(`//${SECRET}`)],
])('%s is logged with its code, and with nothing of what it held', async (_, code, work) => {
  const { text, err } = await logged(work)
  expect(err['code']).toBe(code)
  expect(text).not.toContain(SECRET)
  expect(err['stack']).toMatch(/^at /)
})

test('a text that cannot be read as JSON is not quoted', async () => {
  const { text, err } = await logged(() => JSON.parse(SECRET))
  expect(err['type']).toBe('SyntaxError')
  expect(text).not.toContain('anne')
})

test('causes are told the same way, one inside the other', async () => {
  const { text, err } = await logged(async () => {
    const cause: unknown = await database.pool
      .query('insert into person values ($1, 1)', [SECRET])
      .catch((error: unknown) => error)
    throw new AggregateError([cause, `${SECRET} as a text`], 'the import failed', { cause })
  })
  expect(text).not.toContain(SECRET)
  expect(err).toMatchObject({
    message: 'the import failed',
    cause: { code: '23505', constraint: 'person_pkey', schema: 'public', table: 'person' },
    errors: [{ code: '23505' }, { type: 'string' }],
  })
})

test('what is wrong with the program itself is told in full', async () => {
  const { err } = await logged(() => sql`select nothing from nowhere`.execute(db))
  expect(err['message']).toBe('relation "nowhere" does not exist')
})

test('requests and answers are never written out, whoever hands them to the log', async () => {
  let text = ''
  const log = openLog(
    'debug',
    new Writable({ write: (chunk: Buffer, _, done) => ((text += chunk.toString()), done()) }),
  )
  log.info({ req: { url: `/?q=${SECRET}`, headers: { cookie: SECRET } }, res: { location: SECRET } }, 'asked')
  expect(JSON.parse(text)).toEqual({ level: 30, time: expect.stringMatching(/Z$/), pid: process.pid, msg: 'asked' })
})

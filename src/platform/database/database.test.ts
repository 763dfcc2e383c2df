import { sql, type Generated, type Kysely } from 'kysely'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emptyDatabase } from '../../../tests/instance.ts'
import { isDatabaseAway } from './away.ts'
import { Database, type Connection } from './database.ts'
import { SecondConnection } from './one-connection.ts'

interface Tables {
  note: { id: Generated<number>; text: string }
}

let connection: Connection
let database: Database
let db: Kysely<Tables>

beforeAll(async () => {
  connection = await emptyDatabase()
  database = new Database(connection, { connections: 3 })
  await database.pool.query('create schema notes; create table notes.note (id serial, text text)')
  db = database.schema<Tables>('notes')
})
afterAll(() => database[Symbol.asyncDispose]())

const add = (on: Kysely<Tables>) => on.insertInto('note').values({ text: 'a note' }).execute()

describe('inside a transaction', () => {
  test('a query beside it is refused as a bug, however it is asked, and the transaction is rolled back', async () => {
    const waysAside = [
      () => add(db),
      () => database.pool.query('select 1'),
      () => database.pool.connect(),
      () => database.schema<Tables>('other').transaction().execute(add),
    ]
    for (const aside of waysAside)
      await expect(
        db.transaction().execute(async (transaction) => {
          await add(transaction)
          await aside()
        }),
      ).rejects.toThrow(SecondConnection)
    expect(await db.selectFrom('note').selectAll().execute()).toEqual([])
  })

  test('forty at once, over three connections, are all answered', async () => {
    await Promise.all(
      Array.from({ length: 40 }, () =>
        db.transaction().execute(async (transaction) => {
          await add(transaction)
          await sql`select pg_sleep(0.01)`.execute(transaction)
        }),
      ),
    )
    expect(await db.selectFrom('note').selectAll().execute()).toHaveLength(40)
  })

  test('another database may be asked, and so may this one by what goes on once the transaction is over', async () => {
    await using other = new Database(connection)
    let later: Promise<unknown> | undefined
    await db.transaction().execute(async () => {
      later = sleep(100).then(() => add(db))
      await other.pool.query('select 1')
    })
    await expect(later).resolves.toBeDefined()
  })
})

describe('a query with a deadline', () => {
  test('that takes longer is cancelled by the server, counts as a database that is away, and spoils nothing', async () => {
    await using limited = new Database(connection)
    limited.limitQueries(1500)
    const error: unknown = await limited.pool.query('select pg_sleep(30)').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: '57014' })
    expect(isDatabaseAway(error)).toBe(true)
    expect((await limited.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    expect(limited.pool.totalCount).toBe(1)
  })

  test('is as long as it needs to be where there is none, and a connection may rest for longer than the deadline', async () => {
    await using free = new Database(connection)
    await free.pool.query('select pg_sleep(1)')
    await using limited = new Database(connection)
    limited.limitQueries(1000)
    const client = await limited.pool.connect()
    await client.query('begin')
    await sleep(1500)
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    client.release()
  })
})

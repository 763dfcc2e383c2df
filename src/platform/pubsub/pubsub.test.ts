import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { emptyDatabase } from '../../../tests/instance.ts'
import { until } from '../../../tests/process.ts'
import { Database } from '../database/database.ts'
import { migrate } from '../database/migrations.ts'
import { PubSub } from './pubsub.ts'

let database: Database
let heard: string[]
let resyncs: number

const tell = (topic: string, told: string) => database.pool.query('select platform.tell_news($1, $2)', [topic, told])

beforeEach(async () => {
  const connection = await emptyDatabase()
  database = new Database(connection)
  await migrate(database, [{ schema: 'platform', folder: new URL('../database/migrations/', import.meta.url) }])
  const pubsub = new PubSub(connection, pino({ level: 'silent' }))
  heard = []
  resyncs = 0
  pubsub.subscribe('link.changed', { onMessage: (told) => void heard.push(told), resync: () => void resyncs++ })
  await until('it listens', () => resyncs === 1)
  return async () => {
    await pubsub[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  }
})

test('news of a topic is heard by those who want it, word for word', async () => {
  await tell('link.changed', 'Été à Brest')
  await tell('pad.changed', 'nothing for us')
  await tell('link.changed', '')
  await until('both are heard', () => heard.length === 2)
  expect(heard).toEqual(['Été à Brest', ''])
})

test('news of a transaction is heard when it is committed, and never when it is not', async () => {
  const client = await database.pool.connect()
  await client.query('begin')
  await client.query(`select platform.tell_news('link.changed', 'undone')`)
  await client.query('rollback')
  client.release()
  await tell('link.changed', 'done')
  await until('it is heard', () => heard.length > 0)
  expect(heard).toEqual(['done'])
})

test('after the connection was cut, everyone is told to look again, and hears on', async () => {
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bagad news' and datname = current_database()`,
  )
  await until('it listens again', () => resyncs === 2)
  await tell('link.changed', 'again')
  await until('it is heard', () => heard.includes('again'))
  expect(resyncs).toBe(2)
})

import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { Client } from 'pg'
import { beforeEach, expect, test } from 'vitest'
import { emptyDatabase } from '../../../tests/instance.ts'
import { CopyOut } from './copy-out.ts'

let client: Client

beforeEach(async () => {
  client = new Client(await emptyDatabase())
  await client.connect()
  return () => client.end()
})

const series = (count: number, row: string) => `copy (select ${row} from generate_series(1, ${count}) as n) to stdout`

test('gives the rows of a query whole, short and long ones, and their number', async () => {
  const lengths = [3, 0, 700_000, 1, 262_144, 262_143, 262_145, 5]
  const content = client.query(new CopyOut(series(lengths.length, `repeat('é', (array[${lengths.join()}])[n])`)))
  expect((await buffer(content)).toString()).toBe(lengths.map((length) => `${'é'.repeat(length)}\n`).join(''))
  expect(content.rows).toBe(lengths.length)
})

test('of no rows is empty', async () => {
  const content = client.query(new CopyOut(series(0, 'n')))
  expect(await buffer(content)).toHaveLength(0)
  expect(content.rows).toBe(0)
})

test('is read as fast as its reader, and no faster: the server waits', async () => {
  const other = new Client(await emptyDatabase())
  await other.connect()
  const { rows: own } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const content = client.query(new CopyOut(series(50_000, `repeat('x', 1000)`)))
  await once(content, 'readable')
  const waiting = () =>
    other
      .query('select wait_event from pg_stat_activity where pid = $1', [own[0]?.pid])
      .then(({ rows }) => rows[0].wait_event)
  await expect.poll(waiting).toBe('ClientWrite')
  expect(await buffer(content)).toHaveLength(50_000 * 1001)
  await other.end()
})

test('breaks with what breaks the query, and the connection is good for another', async () => {
  const content = client.query(new CopyOut(series(100_000, '1 / (90000 - n)')))
  await expect(buffer(content)).rejects.toThrow('division by zero')
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('left in the middle, it does not hold the connection up', async () => {
  const content = client.query(new CopyOut(series(50_000, `repeat('x', 1000)`)))
  await once(content, 'readable')
  content.destroy()
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

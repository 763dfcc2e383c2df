import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type pg from 'pg'
import { StartRefused } from '../children/account.ts'
import type { Database } from './database.ts'
import { isTriviallySafe } from './trivially-safe.ts'

/** The numbered SQL files of one schema. */
export interface MigrationSet {
  schema: string
  /** Folder of `0001-what.sql`, `0002-…`; each runs once, in one transaction, with the schema as search path. */
  folder: URL
}

/** One file, and what was read of it. */
export interface Migration {
  schema: string
  name: string
  sql: string
  sum: string
}

/**
 * A schema that is there from the beginning of a restore to its end, so that nothing takes half of one for an instance.
 */
export const RESTORING = 'bagad_restore'

/** One number for all migrations of all our processes on a database. */
const LOCK = 4_207_001

const LEDGER = `
  create schema if not exists platform;
  create table if not exists platform.migration (
    schema text not null,
    name text not null,
    sum text not null,
    applied_at timestamptz not null default now(),
    primary key (schema, name)
  )`

/**
 * Brings every schema to what this version of the program needs. Forward only; safe to call from several processes at
 * once (one works, the others wait), and costs two queries when there is nothing to do.
 *
 * @param before what to do before something that is there is changed
 * @returns the names of the migrations that were applied, as `schema/name`
 * @throws Error when an applied file was changed, or when the database knows migrations that this program does not
 */
export async function migrate(
  database: Database,
  sets: MigrationSet[],
  before: BeforeUnsafe = async () => {},
): Promise<string[]> {
  const { rows } = await database.pool.query<{ is_restoring: boolean }>(
    'select to_regnamespace($1) is not null as is_restoring',
    [RESTORING],
  )
  if (rows[0]?.is_restoring)
    throw new StartRefused(
      'a backup is being restored, or was not restored to the end: run the same "bagad restore" again.',
    )
  return applyAll(database, sets.flatMap(readMigrations), before)
}

/**
 * Brings an empty database to where another one is, for its rows.
 *
 * @param applied what that one's ledger says
 */
export async function migrateTo(
  database: Database,
  sets: MigrationSet[],
  applied: readonly Pick<Migration, 'schema' | 'name'>[],
): Promise<void> {
  const names = new Set(applied.map(({ schema, name }) => `${schema}/${name}`))
  await applyAll(
    database,
    sets.flatMap(readMigrations).filter(({ schema, name }) => names.has(`${schema}/${name}`)),
    async () => {},
  )
}

/**
 * Called before migrations that may lose something of what is there (trivially-safe.ts); what it throws stops all of
 * them.
 */
export type BeforeUnsafe = (names: string[]) => Promise<void>

async function applyAll(database: Database, wanted: Migration[], before: BeforeUnsafe): Promise<string[]> {
  const client = await database.pool.connect()
  try {
    if ((await pending(client, wanted)).length === 0) return []
    await client.query('select pg_advisory_lock($1)', [LOCK])
    try {
      await client.query(LEDGER)
      const todo = await pending(client, wanted)
      const unsafe = todo.filter(({ sql }) => !isTriviallySafe(sql)).map(migrationName)
      if (unsafe.length > 0 && todo.length < wanted.length) await before(unsafe)
      for (const migration of todo) await apply(client, migration)
      return todo.map(migrationName)
    } finally {
      await client.query('select pg_advisory_unlock($1)', [LOCK])
    }
  } finally {
    client.release()
  }
}

/** The files of a schema, in their order. */
export function readMigrations({ schema, folder }: MigrationSet): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.sql$/.test(name))
    .sort()
  return names.map((name) => {
    const sql = readFileSync(new URL(name, folder), 'utf8')
    return { schema, name, sql, sum: createHash('sha256').update(sql).digest('hex') }
  })
}

async function pending(client: pg.PoolClient, wanted: Migration[]): Promise<Migration[]> {
  const { rows: ledger } = await client.query<{ found: boolean }>(
    `select to_regclass('platform.migration') is not null as found`,
  )
  if (!ledger[0]?.found) return wanted
  const { rows } = await client.query<{ schema: string; name: string; sum: string }>(
    'select schema, name, sum from platform.migration',
  )
  const applied = new Map(rows.map(({ schema, name, sum }) => [`${schema}/${name}`, sum]))
  const served = new Set(wanted.map(({ schema }) => schema))
  const known = new Set(wanted.map(({ schema, name }) => `${schema}/${name}`))
  const unknown = rows.filter(({ schema, name }) => served.has(schema) && !known.has(`${schema}/${name}`))
  if (unknown[0])
    throw new Error(
      `the database was made by a newer Bagad: it has the migration ${unknown[0].schema}/${unknown[0].name}. Install that version again.`,
    )
  for (const { schema, name, sum } of wanted) {
    const before = applied.get(`${schema}/${name}`)
    if (before && before !== sum)
      throw new Error(`the migration ${schema}/${name} was changed after it had been applied; add a new one instead.`)
  }
  return wanted.filter(({ schema, name }) => !applied.has(`${schema}/${name}`))
}

function migrationName({ schema, name }: Migration): string {
  return `${schema}/${name}`
}

async function apply(client: pg.PoolClient, { schema, name, sql, sum }: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(`create schema if not exists "${schema}"`)
    await client.query(`set local search_path to "${schema}", public`)
    await client.query(sql)
    await client.query('insert into platform.migration (schema, name, sum) values ($1, $2, $3)', [schema, name, sum])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw new Error(
      `the migration ${schema}/${name} failed: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
}

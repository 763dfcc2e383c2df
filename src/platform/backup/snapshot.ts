import type { Readable } from 'node:stream'
import { Client } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { Connection } from '../database/database.ts'
import { quoted, quotedTable } from '../database/names.ts'
import { BLOBS_ARE_COPIED } from '../retention/freed-blobs.ts'
import type { Applied, Sequence, Table } from './manifest.ts'
import { BackupRefused } from './refused.ts'

/** Number of the advisory lock of the one backup that an instance makes at a time. */
const ONE_BACKUP = 4_207_021

/** The schema of the queue is not ours to migrate; what it knows of its own migrations stays with the program. */
export const QUEUE = 'graphile_worker'

/** How texts are written and read: the same whatever the server's settings. */
export const NEUTRAL = `set client_encoding = 'UTF8'; set datestyle = 'ISO'; set intervalstyle = 'postgres'; set timezone = 'UTC'; set statement_timeout = 0; set lock_timeout = 0`

/** A consistent snapshot of the whole database, for as long as it is held; other connections are not blocked. */
export class Snapshot implements AsyncDisposable {
  readonly #client: Client
  /** The civil moment of the database itself. */
  readonly takenAt: Temporal.Instant
  /** Version of the server, `18.4`. */
  readonly postgres: string
  /** Migrations that were applied. */
  readonly migrations: readonly Applied[]
  readonly tables: readonly Omit<Table, 'rows'>[]
  /** Tables that are not ours, which are left out. */
  readonly strangers: readonly string[]

  private constructor(
    client: Client,
    found: Pick<Snapshot, 'takenAt' | 'postgres' | 'migrations' | 'tables' | 'strangers'>,
  ) {
    this.#client = client
    this.takenAt = found.takenAt
    this.postgres = found.postgres
    this.migrations = found.migrations
    this.tables = found.tables
    this.strangers = found.strangers
  }

  /**
   * @param waits whether another backup that runs is waited for
   * @throws BackupRefused when one runs and is not waited for, or when the database holds no instance
   */
  static async take(connection: Connection, { waits }: { waits: boolean }): Promise<Snapshot> {
    const client = new Client({ ...connection, application_name: 'bagad backup', connectionTimeoutMillis: 5000 })
    client.on('error', () => {})
    await client.connect()
    try {
      await client.query(NEUTRAL)
      if (!(await isAlone(client, waits)))
        throw new BackupRefused('another backup of this instance runs. Wait for its end.')
      await client.query('select pg_advisory_lock_shared($1)', [BLOBS_ARE_COPIED])
      await client.query('begin isolation level repeatable read, read only')
      return new Snapshot(client, await lookAround(client))
    } catch (error) {
      await client.end()
      throw error
    }
  }

  /** The rows of a table as COPY writes them; `rows` tells their number once they were read. */
  read(table: Omit<Table, 'rows'>): { content: Readable; rows: () => number } {
    const content = this.#client.query(
      copyTo(`copy ${quotedTable(table)} (${table.columns.map(quoted).join(', ')}) to stdout`),
    )
    return { content, rows: () => content.rowCount }
  }

  /** Where the sequences are now: never behind the rows of the snapshot. */
  async sequences(): Promise<Sequence[]> {
    const { rows } = await this.#client.query<{ schema: string; name: string }>(
      `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'S' and c.relpersistence = 'p' and n.nspname = any ($1) order by 1, 2`,
      [[...new Set(this.tables.map(({ schema }) => schema))]],
    )
    const sequences: Sequence[] = []
    for (const { schema, name } of rows) {
      const { rows: values } = await this.#client.query<{ value: string; is_called: boolean }>(
        `select last_value as value, is_called from ${quotedTable({ schema, name })}`,
      )
      for (const { value, is_called: isCalled } of values)
        sequences.push({ schema, name, value: Number(value), isCalled })
    }
    return sequences
  }

  /** Keys of blobs that nothing names any more in this moment: they are no part of it. */
  async freedBlobs(): Promise<Set<string>> {
    const { rows } = await this.#client.query<{ key: string }>('select key from retention.freed_blob')
    return new Set(rows.map(({ key }) => key))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end().catch(() => {})
  }
}

async function isAlone(client: Client, waits: boolean): Promise<boolean> {
  if (waits) await client.query('select pg_advisory_lock($1)', [ONE_BACKUP])
  const { rows } = await client.query<{ is_ours: boolean }>('select pg_try_advisory_lock($1) as is_ours', [ONE_BACKUP])
  return rows[0]?.is_ours === true
}

async function lookAround(
  client: Client,
): Promise<Pick<Snapshot, 'takenAt' | 'postgres' | 'migrations' | 'tables' | 'strangers'>> {
  const { rows: moments } = await client.query<{ at: string; postgres: string; found: boolean }>(
    `select to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, current_setting('server_version') as postgres, to_regclass('platform.migration') is not null as found`,
  )
  const [moment] = moments
  if (!moment?.found) throw new BackupRefused('the database holds no instance of Bagad: there is nothing to back up.')
  const { rows: migrations } = await client.query<Applied>( // What a later migration has dropped whole is no part of it any more.
    'select schema, name, sum from platform.migration where to_regnamespace(quote_ident(schema)) is not null order by applied_at, schema, name',
  )
  const ours = new Set([...migrations.map(({ schema }) => schema), 'platform', QUEUE])
  const { rows: tables } = await client.query<{ schema: string; name: string; columns: string[] }>(
    `select n.nspname as schema, c.relname as name,
       array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname not in ('pg_catalog', 'information_schema')
       and not (n.nspname = $1 and c.relname = 'migrations')
       and not exists (select from pg_depend where objid = c.oid and deptype = 'e')
     order by 1, 2`,
    [QUEUE],
  )
  const own = tables.filter(({ schema }) => ours.has(schema))
  // Nobody changes their form until all of them are read.
  for (const table of own) await client.query(`lock table ${quotedTable(table)} in access share mode`)
  return {
    takenAt: Temporal.Instant.from(moment.at),
    postgres: moment.postgres,
    migrations,
    tables: own,
    strangers: tables.filter(({ schema }) => !ours.has(schema)).map(({ schema, name }) => `${schema}.${name}`),
  }
}

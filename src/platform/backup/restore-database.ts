import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { runMigrations } from 'graphile-worker'
import { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { ONE_SUPERVISOR } from '../children/one-supervisor.ts'
import { Database, type Connection } from '../database/database.ts'
import { migrateTo, readMigrations, RESTORING, type MigrationSet } from '../database/migrations.ts'
import { quoted, quotedTable } from '../database/names.ts'
import { quiet } from '../jobs/worker.ts'
import { fileOf, type Manifest, type Table } from './manifest.ts'
import { BackupRefused } from './refused.ts'
import { NEUTRAL, QUEUE } from './snapshot.ts'
import { damaged } from './stored-file.ts'

interface RestoreNeeds {
  connection: Connection
  manifest: Manifest
  /** Of every schema that this version knows. */
  sets: MigrationSet[]
}

/** An empty database that becomes that of a copy. Until it is whole nothing starts on it. */
export class RestoredDatabase implements AsyncDisposable {
  readonly #database: Database
  readonly #client: Client
  readonly #manifest: Manifest
  readonly #sets: MigrationSet[]
  /** Number of the restore that was killed here, if one was. */
  readonly begun: string | undefined

  private constructor({
    database,
    client,
    needs,
    begun,
  }: {
    database: Database
    client: Client
    needs: RestoreNeeds
    begun: string | undefined
  }) {
    this.#database = database
    this.#client = client
    this.#manifest = needs.manifest
    this.#sets = needs.sets
    this.begun = begun
  }

  /**
   * Looks whether the copy can be restored there at all; changes nothing yet.
   *
   * @throws BackupRefused when the database is not empty or in use, or the copy is of a newer version
   */
  static async open(needs: RestoreNeeds): Promise<RestoredDatabase> {
    refuseNewer(needs)
    const client = new Client({ ...needs.connection, application_name: 'bagad restore', connectionTimeoutMillis: 5000 })
    client.on('error', () => {})
    await client.connect()
    try {
      await client.query(NEUTRAL)
      const { rows: locks } = await client.query<{ is_ours: boolean }>('select pg_try_advisory_lock($1) as is_ours', [
        ONE_SUPERVISOR,
      ])
      if (!locks[0]?.is_ours)
        throw new BackupRefused(
          'Bagad runs on this database. Stop it first; a copy is restored into an empty instance.',
        )
      const begun = await begunBefore(client)
      if (begun === undefined) await refuseFull(client)
      return new RestoredDatabase({ database: new Database(needs.connection), client, needs, begun })
    } catch (error) {
      await client.end()
      throw error
    }
  }

  /**
   * From now on it is neither empty nor an instance: what a killed restore has left is dropped.
   *
   * @param number of this restore
   */
  async begin(number: string): Promise<void> {
    await this.#client.query('begin')
    await this.#client.query(`create schema if not exists ${quoted(RESTORING)}`)
    await this.#client.query(`create table if not exists ${quoted(RESTORING)}.begun (number uuid primary key)`)
    await this.#client.query(`insert into ${quoted(RESTORING)}.begun (number) values ($1) on conflict do nothing`, [
      number,
    ])
    await this.#client.query('commit')
    await this.#dropOurs()
  }

  /**
   * Fills it, in one transaction that ends the restore too.
   *
   * @param read gives the rows of a table, as COPY wrote them
   */
  async fill(
    read: (table: Table) => Promise<Readable>,
    { signal, progress }: { signal: AbortSignal; progress: (line: string) => void },
  ): Promise<void> {
    await runMigrations({ pgPool: this.#database.pool, logger: quiet })
    await migrateTo(this.#database, this.#sets, this.#manifest.migrations)
    await this.#refuseStrange()
    const client = this.#client
    await client.query('begin')
    try {
      const { tables } = this.#manifest
      await client.query(`truncate ${tables.map(quotedTable).join(', ')}`)
      const keys = await this.#foreignKeys()
      for (const { table, name } of keys)
        await client.query(`alter table ${quotedTable(table)} drop constraint ${quoted(name)}`)
      for (const [index, table] of tables.entries()) {
        signal.throwIfAborted()
        await client.query(`alter table ${quotedTable(table)} disable trigger user`)
        const rows = client.query(
          copyFrom(`copy ${quotedTable(table)} (${table.columns.map(quoted).join(', ')}) from stdin`),
        )
        await pipeline(await read(table), rows, { signal })
        if (rows.rowCount !== table.rows) throw damaged(fileOf(table))
        await client.query(`alter table ${quotedTable(table)} enable trigger user`)
        progress(`tables ${index + 1} of ${tables.length}, ${table.schema}.${table.name} with ${table.rows} rows`)
      }
      for (const { table, name, definition } of keys)
        await client.query(`alter table ${quotedTable(table)} add constraint ${quoted(name)} ${definition}`)
      for (const { schema, name, value, isCalled } of this.#manifest.sequences)
        await client.query('select setval($1::regclass, $2, $3)', [quotedTable({ schema, name }), value, isCalled])
      // Who worked on a job when the copy was made does not do so here.
      await client.query(
        'update graphile_worker._private_jobs set locked_at = null, locked_by = null where locked_at is not null',
      )
      await client.query(
        'update graphile_worker._private_job_queues set locked_at = null, locked_by = null where locked_at is not null',
      )
      await client.query(`drop schema ${quoted(RESTORING)} cascade`)
      signal.throwIfAborted()
      await client.query('commit')
    } catch (error) {
      await client.query('rollback').catch(() => {})
      throw error
    }
    await client.query('analyze')
  }

  /** Makes it as empty as it was. */
  async undo(): Promise<void> {
    await this.#dropOurs()
    await this.#client.query(`drop schema if exists ${quoted(RESTORING)} cascade`)
  }

  async #dropOurs(): Promise<void> {
    const schemas = new Set([...this.#sets.map(({ schema }) => schema), QUEUE])
    for (const schema of schemas) await this.#client.query(`drop schema if exists ${quoted(schema)} cascade`)
  }

  /** Rows come back in the order of the names of tables: what binds them to each other is put back afterwards. */
  async #foreignKeys(): Promise<{ table: { schema: string; name: string }; name: string; definition: string }[]> {
    const { rows } = await this.#client.query<{ schema: string; table: string; name: string; definition: string }>(
      `select n.nspname as schema, c.relname as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
       from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
       where k.contype = 'f' and n.nspname = any ($1)`,
      [[...new Set(this.#manifest.tables.map(({ schema }) => schema))]],
    )
    return rows.map(({ schema, table, name, definition }) => ({ table: { schema, name: table }, name, definition }))
  }

  /** @throws BackupRefused when the copy has a table or a column that this version does not make */
  async #refuseStrange(): Promise<void> {
    const { rows } = await this.#client.query<{ at: string }>(
      `select table_schema || '.' || table_name || '.' || column_name as at from information_schema.columns`,
    )
    const known = new Set(rows.map(({ at }) => at))
    const { tables, program } = this.#manifest
    const strange = tables
      .flatMap(({ schema, name, columns }) => columns.map((column) => `${schema}.${name}.${column}`))
      .find((at) => !known.has(at))
    if (strange)
      throw new BackupRefused(
        `the copy has ${strange}, which this version does not know. Restore it with Bagad ${program}, then upgrade.`,
      )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]()
    await this.#client.end().catch(() => {})
  }
}

function refuseNewer({ manifest: { migrations, program }, sets }: RestoreNeeds): void {
  const known = new Map(sets.flatMap(readMigrations).map(({ schema, name, sum }) => [`${schema}/${name}`, sum]))
  const strange = migrations.find(({ schema, name, sum }) => known.get(`${schema}/${name}`) !== sum)
  if (strange)
    throw new BackupRefused(
      `the copy comes from a newer Bagad (${program}): this one does not know ${strange.schema}/${strange.name}. Use that version, or a newer one.`,
    )
}

async function begunBefore(client: Client): Promise<string | undefined> {
  const { rows: found } = await client.query<{ is_begun: boolean }>('select to_regclass($1) is not null as is_begun', [
    `${RESTORING}.begun`,
  ])
  if (!found[0]?.is_begun) return undefined
  const { rows } = await client.query<{ number: string }>(`select number from ${quoted(RESTORING)}.begun`)
  return rows[0]?.number
}

async function refuseFull(client: Client): Promise<void> {
  const { rows } = await client.query<{ at: string }>(
    `select format('%I.%I', n.nspname, c.relname) as at from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
       and not exists (select from pg_depend where objid = c.oid and deptype = 'e')
     order by 1 limit 1`,
  )
  if (rows[0])
    throw new BackupRefused(
      `the database is not empty (it has ${rows[0].at}). A copy is restored into an empty instance: set BAGAD_DATA or DATABASE_URL to a new one.`,
    )
}

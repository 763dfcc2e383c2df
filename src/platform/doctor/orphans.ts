import type pg from 'pg'
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../database/database.ts'
import { quoted, quotedTable } from '../database/names.ts'
import type { Service } from '../service.ts'

/** What speaks of blobs: a column of a service's table, or nothing, where all under a prefix go by themselves. */
export type BlobNames = { table: string; column: string } | { prefix: string }

/** How old a blob must be to count as forgotten: one that is being put has no row yet. */
const OLD = { hours: 24 }

/** Keys that are told to the database at a time, and those of each kind that are told to people. */
const BATCH = 5_000
const TOLD = 200

/** Where blobs and rows do not fit: keys, 200 of each kind at most. */
export interface OrphanReport {
  /** Blobs that no row names, and that are not waiting to be deleted. */
  forgotten: string[]
  /** Keys that rows name, and under which there is nothing. */
  missing: string[]
}

/** Compares all blobs with all rows that name some. Memory is bounded: the database does the comparing. */
export async function findOrphans(
  database: Database,
  blobs: Blobs,
  services: readonly Service[],
): Promise<OrphanReport> {
  const client = await database.pool.connect()
  try {
    await client.query('create temporary table seen_blob (key text collate "C" primary key, is_old boolean not null)')
    await list(client, blobs)
    await client.query('create temporary table named_blob (key text collate "C" not null)')
    for (const { name: schema, blobs: named = [] } of services)
      for (const names of named) await note(client, schema, names)
    await client.query('create index on named_blob (key)')
    const { rows: forgotten } = await client.query<{ key: string }>(
      `select key from seen_blob where is_old and not exists (select from named_blob where named_blob.key = seen_blob.key)
         and not exists (select from retention.freed_blob where freed_blob.key = seen_blob.key) order by key limit $1`,
      [TOLD],
    )
    const { rows: unseen } = await client.query<{ key: string }>(
      'select distinct key from named_blob where not exists (select from seen_blob where seen_blob.key = named_blob.key) order by key limit $1',
      [TOLD],
    )
    return { forgotten: forgotten.map(({ key }) => key), missing: await reallyMissing(blobs, unseen) }
  } finally {
    // The temporary tables go with the connection.
    client.release(true)
  }
}

async function note(client: pg.PoolClient, schema: string, names: BlobNames): Promise<void> {
  if ('prefix' in names)
    await client.query('insert into named_blob (key) select key from seen_blob where starts_with(key, $1)', [
      names.prefix,
    ])
  else {
    const { table: name, column } = names
    await client.query(
      `insert into named_blob (key) select ${quoted(column)} from ${quotedTable({ schema, name })} where ${quoted(column)} is not null`,
    )
  }
}

async function list(client: pg.PoolClient, blobs: Blobs): Promise<void> {
  const since = Temporal.Now.instant().subtract(OLD)
  let batch: { key: string; isOld: boolean }[] = []
  const tell = async () => {
    const values = [batch.map(({ key }) => key), batch.map(({ isOld }) => isOld)]
    await client.query(
      'insert into seen_blob (key, is_old) select * from unnest($1::text[], $2::boolean[]) on conflict do nothing',
      values,
    )
    batch = []
  }
  for await (const { key, modifiedAt } of blobs.list()) {
    batch.push({ key, isOld: Temporal.Instant.compare(modifiedAt, since) < 0 })
    if (batch.length === BATCH) await tell()
  }
  await tell()
}

/** What was put while all were listed is there all the same. */
async function reallyMissing(blobs: Blobs, unseen: { key: string }[]): Promise<string[]> {
  const missing: string[] = []
  for (const { key } of unseen) if (!(await blobs.stat(key))) missing.push(key)
  return missing
}

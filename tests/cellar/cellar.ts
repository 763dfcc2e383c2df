/**
 * A service for tests of what the platform does for every service: it keeps bottles for a year, each with its label as
 * a blob.
 */
import { sql } from 'kysely'
import type { Blobs } from '../../src/platform/blobs/blobs.ts'
import type { Database } from '../../src/platform/database/database.ts'
import type { Purge } from '../../src/platform/retention/class.ts'
import type { Service } from '../../src/platform/service.ts'

export const emptyBottles: Purge = async (db, { before, limit }) => {
  const { rows } = await sql<{ label: string }>`
    delete from cellar.bottle where id in (
      select id from cellar.bottle where laid_at < ${before.toString()}::timestamptz order by id limit ${limit} for update skip locked
    ) returning label`.execute(db)
  return { rows: rows.length, blobs: rows.map(({ label }) => label) }
}

interface CellarOptions {
  /** How bottles go; as they do when nothing is said. */
  purge?: Purge
  /** Folder of its tree of files, when it has one. */
  tree?: string
}

export function cellar({ purge = emptyBottles, tree }: CellarOptions = {}): Service {
  return {
    name: 'cellar',
    area: 'commons',
    about: {
      name: { fr: 'Cave', en: 'Cellar' },
      act: { fr: 'Coucher une bouteille', en: 'Lay down a bottle' },
      promise: { fr: 'Vos bouteilles, une année.', en: 'Your bottles, for a year.' },
      audience: 'everyone',
      mark: { strokes: 'M9 3h6v6l2 4v8H7v-8l2-4z', hue: 10 },
    },
    blobs: [{ table: 'bottle', column: 'label' }],
    migrations: new URL('./migrations/', import.meta.url),
    ...(tree !== undefined && { trees: () => [{ name: 'cellar', folder: tree }] }),
    retention: [
      {
        name: 'bottles',
        what: { fr: 'Les bouteilles', en: 'Bottles' },
        whose: { fr: 'qui en couche', en: 'who lays one down' },
        why: { fr: 'le service', en: 'the service' },
        where: '`cellar.bottle`',
        time: { for: { years: 1 }, after: { fr: 'après leur arrivée', en: 'after they came' } },
        purge,
      },
    ],
    open: async () => ({ routes: () => {}, [Symbol.asyncDispose]: async () => {} }),
  }
}

/** Lays down so many bottles that came some days ago. */
export async function layDown({ pool }: Database, blobs: Blobs, bottles: number, days: number): Promise<void> {
  const { rows } = await pool.query<{ label: string }>(
    `insert into cellar.bottle (label, laid_at)
     select 'cellar/' || gen_random_uuid(), now() - $2 * interval '1 day' from generate_series(1, $1) returning label`,
    [bottles, days],
  )
  for (const { label } of rows) await blobs.put(label, Buffer.from(label))
}

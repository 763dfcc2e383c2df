import type { Kysely } from 'kysely'
import { Type } from 'typebox'
import type { Database } from '../database/database.ts'
import type { DayCount } from '../figures/figure.ts'
import type { Figures } from '../figures/figures.ts'
import { defineJob, type Job } from '../jobs/job.ts'
import { countedOf, EVERYONE, type Whose } from './figures.ts'
import type { Counts } from './host-visits.ts'
import type { VisitsTables } from './tables.ts'
import { KINDS, none, Visitors, type ByKind, type Met } from './visitors.ts'

/** What makes figures of days that are over. */
export interface Settling {
  database: Database
  figures: Figures
  /** How a service's figures are called. */
  whose: (service: string) => Whose
}

/**
 * Makes figures of the days that are over, soon after midnight; looked at each hour, so that a worker that was off
 * catches up.
 */
export function settleVisits(settling: Settling, today: () => Temporal.PlainDate): Job {
  return defineJob({
    name: 'settle-visits',
    pool: 'slow',
    schedule: '7 * * * *',
    payload: Type.Object({}),
    run: () => settleDays(settling, today()),
  })
}

/** Puts together what all processes counted on each day before today, keeps it as figures, and lets go of who came. */
export async function settleDays({ database, figures, whose }: Settling, today: Temporal.PlainDate): Promise<void> {
  const db = database.schema<VisitsTables>('visits')
  const days = await db.selectFrom('counted').select('day').distinct().where('day', '<', today).orderBy('day').execute()
  for (const { day } of days) {
    const hosts = await hostsOn(db, day)
    const all = totalOf(hosts)
    const counts = [
      ...[...hosts].flatMap(([service, { counts, met }]) => dayCounts(counts, met, whose(service))),
      ...dayCounts(all.counts, all.met, EVERYONE),
    ]
    // Killed in between, it is done again: figures that are there stay.
    await figures.keepDay(day, counts)
    await db.deleteFrom('seen').where('day', '=', day).execute()
    await db.deleteFrom('counted').where('day', '=', day).execute()
  }
}

interface HostOfDay {
  counts: Counts
  /** Undefined when the names of who came were lost: the database crashed on that day. */
  met: Met | undefined
}

async function hostsOn(db: Kysely<VisitsTables>, day: Temporal.PlainDate): Promise<Map<string, HostOfDay>> {
  const rows = await db
    .selectFrom('counted')
    .leftJoin('seen', (join) =>
      join
        .onRef('seen.day', '=', 'counted.day')
        .onRef('seen.service', '=', 'counted.service')
        .onRef('seen.process', '=', 'counted.process'),
    )
    .select(['counted.service', 'counts', 'visitors'])
    .where('counted.day', '=', day)
    .execute()
  return new Map(
    [...Map.groupBy(rows, ({ service }) => service)].map(([service, own]) => [
      service,
      { counts: sumOf(own.map(({ counts }) => counts)), met: metBy(own.map(({ visitors }) => visitors)) },
    ]),
  )
}

function metBy(all: (Buffer | null)[]): Met | undefined {
  const together = new Visitors()
  for (const bytes of all) {
    if (!bytes) return undefined
    together.join(Visitors.ofBytes(bytes))
  }
  return together.met()
}

/** All hosts together. Names of visitors differ from host to host, so who came to two of them is two. */
function totalOf(hosts: ReadonlyMap<string, HostOfDay>): HostOfDay {
  const all = [...hosts.values()]
  const known = all.flatMap(({ met }) => met ?? [])
  const met = {
    visitors: sumOfKinds(known.map(({ visitors }) => visitors)),
    visits: sumOfKinds(known.map(({ visits }) => visits)),
  }
  return { counts: sumOf(all.map(({ counts }) => counts)), met: known.length === all.length ? met : undefined }
}

function sumOf(all: Counts[]): Counts {
  const status: Record<string, number> = {}
  for (const one of all)
    for (const [code, count] of Object.entries(one.status)) status[code] = (status[code] ?? 0) + count
  return {
    hits: sumOfKinds(all.map(({ hits }) => hits)),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    status,
  }
}

function sumOfKinds(all: ByKind[]): ByKind {
  const sum = none()
  for (const one of all) for (const kind of KINDS) sum[kind] += one[kind]
  return sum
}

function dayCounts(counts: Counts, met: Met | undefined, whose: Whose): DayCount[] {
  return countedOf(counts, met, whose).map(({ figure, value }) => ({ figure, service: whose.service ?? 'http', value }))
}

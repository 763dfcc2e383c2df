import type { ColumnType } from 'kysely'
import type { Counts } from './host-visits.ts'

type Day = ColumnType<Temporal.PlainDate, string, string>

/** The tables of the schema `visits`; migrations/ says what each column is. */
export interface VisitsTables {
  counted: { day: Day; service: string; process: string; counts: ColumnType<Counts, string, string> }
  seen: { day: Day; service: string; process: string; visitors: Buffer }
  day_key: { day: Day; key: string }
}

import type { ColumnType, Generated, Insertable } from 'kysely'
import type { FigureDate, Kind, Precision, Source, State } from './figure.ts'
import type { Arrangement } from './history.ts'

/** The tables of the schema `figures`; the migrations say what each column is. */
export interface FiguresTables {
  figure: {
    id: string
    service: string
    kind: Kind
    unit: string
    label_fr: string
    label_en: string
    definition_fr: Generated<string>
    definition_en: Generated<string>
    public: Generated<boolean>
    declared: boolean
    daily: Generated<boolean>
    tallied_since: ColumnType<Temporal.PlainDate | null, string | null | undefined, string | null>
  }
  break: {
    figure: string
    since: FigureDate
    what_fr: string
    what_en: string
  }
  point: {
    figure: string
    /** `[2024-03-01,2024-04-01)` */
    at: string
    precision: Precision
    value: number | null
    state: State
    printed: string | null
    source: Source
    noted_at: Generated<Temporal.Instant>
    noted_by: Generated<string | null>
    reason: Generated<string | null>
  }
  correction: {
    id: Generated<number>
    figure: string
    date: FigureDate
    snapshot: string | null
    value: number | null
    state: State
    printed: string | null
    reason: string
    noted_by: string
    noted_at: Generated<Temporal.Instant>
  }
  snapshot: {
    name: string
    date: ColumnType<Temporal.PlainDate, string, string>
    frozen_at: Generated<Temporal.Instant>
    taken_by: Generated<string | null>
  }
  snapshot_point: {
    snapshot: string
    figure: string
    value: number | null
    state: State
  }
  arrangement: ArrangementTable['columns']
}

interface ArrangementColumns {
  id: string
  report: number
  position: number
  section_fr: string
  section_en: string
  title_fr: string
  title_en: string
  columns: ColumnType<Arrangement['columns'], string, string>
  rows: ColumnType<Arrangement['rows'], string, string>
  published: Generated<boolean>
}

export interface ArrangementTable {
  columns: ArrangementColumns
  insert: Insertable<ArrangementColumns>
}

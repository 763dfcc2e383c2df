import type { ColumnType, Generated, Insertable } from 'kysely'
import type { Kind, Precision, State } from './figure.ts'
import type { Arrangement } from './history.ts'

/** The tables of the schema `figures`; migrations/0001-figures.sql says what each column is. */
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
    declared: boolean
  }
  point: {
    figure: string
    /** `[2024-03-01,2024-04-01)` */
    at: string
    precision: Precision
    value: number | null
    state: State
    printed: string | null
    source: 'live' | 'import' | 'manual'
    noted_at: Generated<Temporal.Instant>
  }
  snapshot: {
    name: string
    date: ColumnType<Temporal.PlainDate, string, string>
    frozen_at: Generated<Temporal.Instant>
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
}

export interface ArrangementTable {
  columns: ArrangementColumns
  insert: Insertable<ArrangementColumns>
}

import type { ColumnType, Generated } from 'kysely'
import type { Language } from '../../platform/language/languages.ts'

/** `draft` is being written, `review` waits for the council, `approved` waits for publication. */
export type ReportState = 'draft' | 'review' | 'approved' | 'published'

/** The tables of the schema `report`; migrations/0001-reports.sql documents each column. */
export interface ReportTables {
  report: {
    year: number
    language: Language
    title: string
    body: string
    state: ReportState
    revision: Generated<number>
    approved_by: Generated<string | null>
    created_at: Generated<Temporal.Instant>
    changed_at: ColumnType<Temporal.Instant, string | undefined, string>
  }
  version: {
    report: number
    revision: number
    title: string
    body: string
    written_by: string
    written_at: Generated<Temporal.Instant>
  }
  comment: {
    id: Generated<number>
    report: number
    quote: string
    text: string
    written_by: string
    written_at: Generated<Temporal.Instant>
    settled_by: Generated<string | null>
  }
  accepted_gap: {
    report: number
    place: string
    what: string
    reason: string
    accepted_by: string
    accepted_at: Generated<Temporal.Instant>
  }
  edition: {
    report: number
    number: number
    content: string
    sum: string
    published_by: string
    published_at: Generated<Temporal.Instant>
    pdf_sum: Generated<string | null>
    odt_sum: Generated<string | null>
  }
  erratum: {
    id: Generated<number>
    report: number
    edition: number
    text: string
    written_by: string
    written_at: Generated<Temporal.Instant>
  }
  odd_value: { figure: string; day: string }
  property: {
    file: string
    key: string
    value: string
    written_by: string
    written_at: ColumnType<Temporal.Instant, string | undefined, string>
  }
}

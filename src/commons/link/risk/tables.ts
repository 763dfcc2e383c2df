import type { ColumnType, Generated } from 'kysely'

export type RuleVerdict = 'allow' | 'warn' | 'deny'

/** The risk tables of the schema `link`; migrations/ documents each column. */
export interface RiskTables {
  domain_rule: {
    domain: string
    verdict: RuleVerdict
    reason: Generated<string>
    until: ColumnType<Temporal.Instant | null, string | null, string | null>
    created_at: Generated<Temporal.Instant>
  }
  block_list: {
    name: string
    blob_key: string
    entries: number
    changed_at: ColumnType<Temporal.Instant, string, string>
  }
}

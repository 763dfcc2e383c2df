import type { Generated } from 'kysely'

export interface BellTables {
  ring: { id: Generated<number>; who: string; at: Generated<Temporal.Instant> }
}

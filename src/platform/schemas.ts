import type { MigrationSet } from './database/migrations.ts'
import type { Service } from './service.ts'

/** Schemas of the platform itself. */
const OWN_SCHEMAS = [
  { schema: 'platform', folder: new URL('./database/migrations/', import.meta.url) },
  { schema: 'jobs', folder: new URL('./jobs/migrations/', import.meta.url) },
  { schema: 'figures', folder: new URL('./figures/migrations/', import.meta.url) },
  { schema: 'limits', folder: new URL('./limits/migrations/', import.meta.url) },
  { schema: 'outbox', folder: new URL('./mail/migrations/', import.meta.url) },
  { schema: 'retention', folder: new URL('./retention/migrations/', import.meta.url) },
  { schema: 'traces', folder: new URL('./audit-trail/migrations/', import.meta.url) },
  { schema: 'moderation', folder: new URL('./moderation/migrations/', import.meta.url) },
  { schema: 'visits', folder: new URL('./visits/migrations/', import.meta.url) },
  { schema: 'backup', folder: new URL('./backup/migrations/', import.meta.url) },
]

/** Migrations of the platform and of services, in the order in which they are applied. */
export function migrationsOf(services: readonly Service[]): MigrationSet[] {
  return [
    ...OWN_SCHEMAS,
    ...services.flatMap(({ name, migrations }) => (migrations ? [{ schema: name, folder: migrations }] : [])),
  ]
}

import { Command } from 'commander'
import type { Installation } from '../cli/with-instance.ts'
import type { Service } from '../service.ts'
import type { Importer } from './importer.ts'

const SOURCE = 'a SQLite file, a SQL dump (plain or .gz), mysql://user:password@host/database, or postgres://…'

/** `bagad import`: the data of the software that the services replace. */
export function importCommand(installation: () => Installation, services: readonly Service[]): Command {
  const command = new Command('import').description(
    'take over the data of a replaced software; the same source again changes nothing',
  )
  for (const { imports = [] } of services)
    for (const importer of imports) command.addCommand(importerCommand(installation, importer))
  return command
}

function importerCommand(installation: () => Installation, importer: Importer): Command {
  const command = new Command(importer.software)
    .description(importer.description)
    .argument('<source>', importer.source ?? SOURCE)
    .option('--dry-run', 'only tell what would be done')
  for (const { flags, description } of importer.options ?? []) command.option(flags, description)
  return command.action(
    async (
      source: string,
      { dryRun = false, ...options }: { dryRun?: boolean } & Record<string, string | boolean | undefined>,
    ) => {
      const { runImport } = await import('./run-import.ts')
      await runImport(installation(), importer, { source, dryRun, options })
    },
  )
}

import { Command, Option } from 'commander'
import { backupCommand, restoreCommand } from './platform/backup/command.ts'
import { BackupRefused } from './platform/backup/refused.ts'
import { StartRefused } from './platform/children/account.ts'
import { ROLES, type Role } from './platform/children/roles.ts'
import { ConfigError, explainVariables, loadConfig, printConfig, type LoadedConfig } from './platform/config/load.ts'
import { doctorCommand } from './platform/doctor/command.ts'
import { figuresCommand } from './platform/figures/command.ts'
import { HistoryError } from './platform/figures/history-error.ts'
import { importCommand } from './platform/imports/command.ts'
import { SourceError } from './platform/imports/source.ts'
import { jobsCommand } from './platform/jobs/command.ts'
import { outboxCommand } from './platform/mail/command.ts'
import { retentionCommand } from './platform/retention/command.ts'
import { tracesCommand } from './platform/audit-trail/command.ts'
import { version } from './platform/version.ts'
import { services } from './services.ts'

/**
 * The composition root: configuration, then the platform, then the services, then what the command line asks for. Each
 * command imports what it needs: the supervisor does not carry the web server's code.
 */
const program = new Command('bagad')
  .description('The whole information system of a community hosting association, in one program.')
  .version(version)

program
  .command('start')
  .description('start everything: the database, the web process and the worker, restarted when they die')
  .addHelpText('after', explainVariables)
  .action(async () => {
    const { supervise } = await import('./platform/children/supervisor.ts')
    await supervise(load(), services, version)
  })

program
  .command('serve')
  .description('run one process of a larger installation, on a database that runs')
  .addOption(new Option('--role <role>', 'what the process does').choices(ROLES).makeOptionMandatory())
  .addOption(new Option('--may-move', 'take another port when this one is taken').hideHelp())
  .addOption(new Option('--was-ours', 'wait for a port that the last run had').hideHelp())
  .addOption(
    new Option('--metrics-port <port>', 'port of the metrics, or any free one when it is taken')
      .hideHelp()
      .argParser(Number),
  )
  .action(
    async ({
      role,
      mayMove = false,
      wasOurs = false,
      metricsPort,
    }: {
      role: Role
      mayMove?: boolean
      wasOurs?: boolean
      metricsPort?: number
    }) => {
      const { serve } = await import('./platform/children/serve.ts')
      await serve({ loaded: load(), services, role, mayMove, wasOurs, metricsPort })
    },
  )

program
  .command('config')
  .description('print the effective configuration, secrets masked, and where each value comes from')
  .action(() => console.log(printConfig(load())))

const installation = () => ({ loaded: load(), services })
for (const command of [
  figuresCommand,
  jobsCommand,
  outboxCommand,
  retentionCommand,
  tracesCommand,
  backupCommand,
  restoreCommand,
  doctorCommand,
])
  program.addCommand(command(installation))
program.addCommand(importCommand(installation, services))
for (const service of services) {
  const commands = service.commands?.(installation) ?? []
  const isRoom = service.area === 'house'
  const own = isRoom ? program : new Command(service.name).description(service.about.promise.en)
  for (const command of commands) own.addCommand(command)
  if (!isRoom && commands.length > 0) program.addCommand(own)
}

function load(): LoadedConfig {
  const loaded = loadConfig(process.env, process.cwd(), services)
  for (const warning of loaded.warnings) console.error(`bagad: ${warning}`)
  return loaded
}

try {
  await program.parseAsync()
  process.exit()
} catch (error) {
  const isSaid =
    error instanceof ConfigError ||
    error instanceof StartRefused ||
    error instanceof HistoryError ||
    error instanceof SourceError ||
    error instanceof BackupRefused
  console.error(isSaid ? `bagad: ${error.message}` : error)
  process.exit(1)
}

import { Command, Option } from 'commander'
import { readFileSync } from 'node:fs'
import { StartRefused } from './platform/children/account.ts'
import { ROLES, serve, type Role } from './platform/children/serve.ts'
import { supervise } from './platform/children/supervisor.ts'
import { ConfigError, loadConfig, printConfig, type LoadedConfig } from './platform/config/load.ts'
import { figuresCommand } from './platform/figures/command.ts'
import { HistoryError } from './platform/figures/history.ts'
import { services } from './services.ts'

/** The composition root: configuration, then the platform, then the services, then what the command line asks for. */
const version: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

const program = new Command('bagad').description('The whole information system of a community hosting association, in one program.').version(version)

program
  .command('start')
  .description('start everything: the database, the web process and the worker, restarted when they die')
  .action(() => supervise(load(), version))

program
  .command('serve')
  .description('run one process of a larger installation, on a database that runs')
  .addOption(new Option('--role <role>', 'what the process does').choices(ROLES).makeOptionMandatory())
  .addOption(new Option('--may-move', 'take another port when this one is taken').hideHelp())
  .addOption(new Option('--was-ours', 'wait for a port that the last run had').hideHelp())
  .action((options: { role: Role; mayMove?: boolean; wasOurs?: boolean }) =>
    serve({ loaded: load(), services, role: options.role, mayMove: options.mayMove ?? false, wasOurs: options.wasOurs ?? false }),
  )

program
  .command('config')
  .description('print the effective configuration, secrets masked, and where each value comes from')
  .action(() => console.log(printConfig(load())))

program.addCommand(figuresCommand(() => ({ loaded: load(), services })))

function load(): LoadedConfig {
  const loaded = loadConfig(
    process.env,
    process.cwd(),
    services.map(({ name }) => name),
  )
  for (const warning of loaded.warnings) console.error(`bagad: ${warning}`)
  return loaded
}

try {
  await program.parseAsync()
  process.exit()
} catch (error) {
  const isSaid = error instanceof ConfigError || error instanceof StartRefused || error instanceof HistoryError
  console.error(isSaid ? `bagad: ${error.message}` : error)
  process.exit(1)
}

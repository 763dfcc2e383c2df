import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Argument, Command, InvalidArgumentError } from 'commander'
import type { Kysely } from 'kysely'
import type { Installation } from '../../../platform/cli/with-instance.ts'
import { reasonOf, SourceError } from '../../../platform/imports/source.ts'
import type { Platform } from '../../../platform/platform.ts'
import type { DomainBlockList } from './block-list.ts'
import type { ListStore } from './list-store.ts'
import type { RiskTables, RuleVerdict } from './tables.ts'

/** `bagad link blocklist …` and `bagad link rule …`: block lists and domain rules. */
export function riskCommands(installation: () => Installation): Command[] {
  const withTables: WithTables = async (work) => {
    const { withInstance } = await import('../../../platform/cli/with-instance.ts')
    await withInstance(installation(), ({ platform }) => work(platform.database.schema<RiskTables>('link'), platform))
  }
  return [blocklistCommand(withTables), ruleCommand(withTables)]
}

type WithTables = (work: (db: Kysely<RiskTables>, platform: Platform) => Promise<void>) => Promise<void>

function blocklistCommand(withTables: WithTables): Command {
  const withLists = (work: (lists: ListStore) => Promise<void>) =>
    withTables(async (db, { blobs }) => {
      const { ListStore } = await import('./list-store.ts')
      await work(new ListStore({ db, blobs }))
    })
  const blocklist = new Command('blocklist').description('block lists of harmful domains and addresses')
  blocklist
    .command('add')
    .description(
      'store a list, replacing one of the same name: a domain or address per line, a hosts file, or rules ||domain^',
    )
    .argument('<name>', 'lower-case letters, digits, dots and hyphens', readListName)
    .argument('<file>', 'the list, or - for standard input')
    .action(async (name: string, file: string) => {
      const { list, unread } = await readList(name, file)
      await withLists(async (lists) => {
        await lists.keep(list)
        for (const line of unread.slice(0, 20)) console.log(`not read: ${line.slice(0, 100)}`)
        console.log(
          `${list.size} entries in ${name}${unread.length > 0 ? `; ${unread.length} lines are no entries, or would block everyone’s sites` : ''}`,
        )
      })
    })
  blocklist
    .command('remove <name>')
    .description('delete a list')
    .action((name: string) =>
      withLists(async (lists) =>
        console.log((await lists.remove(name)) ? `${name} is forgotten` : `there was no list ${name}`),
      ),
    )
  blocklist
    .command('list')
    .description('show the lists')
    .action(() =>
      withLists(async (lists) => {
        const all = await lists.all()
        for (const { name, entries, changedAt } of all)
          console.log(`${name}  ${entries} entries, of ${changedAt.toString().slice(0, 10)}`)
        if (all.length === 0) console.log('there are no lists')
      }),
    )
  return blocklist
}

function readListName(name: string): string {
  if (!/^[a-z0-9][a-z0-9.-]{0,63}$/.test(name))
    throw new InvalidArgumentError('A name is made of small letters, digits, dots and hyphens.')
  return name
}

async function readList(name: string, file: string): Promise<{ list: DomainBlockList; unread: string[] }> {
  const { DomainBlockList, LONGEST_LIST, readEntry } = await import('./block-list.ts')
  const entries = new Set<string>()
  const unread: string[] = []
  for await (const line of linesOf(file)) {
    const entry = readEntry(line)
    if (entry === null) unread.push(line)
    else if (entry !== undefined) entries.add(entry)
    if (entries.size > LONGEST_LIST) throw new SourceError(`${file} has more than ${LONGEST_LIST} entries`)
  }
  return { list: DomainBlockList.of(name, entries), unread }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(file)
  try {
    yield* createInterface({ input })
  } catch (error) {
    throw new SourceError(`${file} cannot be read: ${reasonOf(error)}`, { cause: error })
  }
}

function ruleCommand(withTables: WithTables): Command {
  const rule = new Command('rule').description('rules about domains: allowed, reviewed one by one, or denied')
  rule
    .command('set')
    .description('set the rule of a domain and its subdomains')
    .addArgument(new Argument('<verdict>', 'the rule').choices(['allow', 'warn', 'deny']))
    .argument('<domain>', 'a name, or an address on it')
    .option('--reason <words>', 'the reason', '')
    .option('--until <date>', 'last day of the rule, as 2026-12-31', readDay)
    .action(
      async (
        verdict: RuleVerdict,
        given: string,
        { reason, until }: { reason: string; until?: Temporal.PlainDate },
        command: Command,
      ) => {
        const { readDomain, setRule } = await import('./domain-rules.ts')
        const domain = readDomain(given)
        if (!domain) command.error(`bagad: ${given} is no domain`)
        await withTables(async (db, { config }) => {
          await setRule(db, {
            domain,
            verdict,
            reason,
            until: until?.add({ days: 1 }).toZonedDateTime(config.time_zone).toInstant(),
          })
          console.log(`${verdict}: ${domain} and all names below it`)
        })
      },
    )
  rule
    .command('remove <domain>')
    .description('delete the rule of a domain')
    .action(async (given: string) => {
      const { readDomain, removeRule } = await import('./domain-rules.ts')
      const domain = readDomain(given) ?? given
      await withTables(async (db) =>
        console.log(
          (await removeRule(db, domain))
            ? `nothing is decided about ${domain} any more`
            : `nothing was decided about ${domain}`,
        ),
      )
    })
  rule
    .command('list')
    .description('show the rules')
    .action(async () => {
      const { DomainRules } = await import('./domain-rules.ts')
      await withTables(async (db) => {
        for (const { domain, verdict, reason, until } of (await DomainRules.read(db)).all)
          console.log(
            `${verdict}  ${domain}${until ? `, until ${until.toString().slice(0, 10)}` : ''}${reason && `  ${reason}`}`,
          )
      })
    })
  return rule
}

function readDay(text: string): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(text)
  } catch {
    throw new InvalidArgumentError('A day is written as 2026-12-31.')
  }
}

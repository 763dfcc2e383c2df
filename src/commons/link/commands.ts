import { userInfo } from 'node:os'
import { Argument, Command, Option } from 'commander'
import type { Kysely } from 'kysely'
import { printable } from '../../platform/cli/printable.ts'
import type { Installation } from '../../platform/cli/with-instance.ts'
import { CATEGORIES, type Category } from '../../platform/moderation/categories.ts'
import type { DecisionRequest } from '../../platform/moderation/moderation.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Which } from './moderation.ts'
import { riskCommands } from './risk/commands.ts'
import type { RiskTables } from './risk/tables.ts'
import type { LinkTables } from './tables.ts'

/** The most links that `held` prints. */
const SHOWN = 200

/** `bagad link …`: held links, removals, the surge switch, rescans, the risk of addresses. */
export function linkCommands(installation: () => Installation): Command[] {
  const withLinks = async (work: (db: Kysely<LinkTables>, platform: Platform) => Promise<void>): Promise<void> => {
    const { withInstance } = await import('../../platform/cli/with-instance.ts')
    await withInstance(installation(), ({ platform }) => work(platform.database.schema<LinkTables>('link'), platform))
  }
  const moderation = async (db: Kysely<LinkTables>) => new (await import('./moderation.ts')).Moderation(db)

  const held = new Command('held')
    .description('list the links that wait for a moderator, the riskiest first')
    .action(() =>
      withLinks(async (db) => {
        const links = await (await moderation(db)).held(SHOWN)
        for (const { slug, url, reason } of links) console.log(printable(`${slug}  ${reason}  ${url}`))
        console.log(`${links.length} wait${links.length === SHOWN ? ' at least' : ''}`)
      }),
    )

  const open = new Command('open')
    .description('open held or removed links')
    .argument('[slugs...]', 'their slugs')
    .option('--domain <domain>', 'all links that lead to a registered domain')
    .action((slugs: string[], { domain }: { domain?: string }) =>
      withLinks(async (db, platform) =>
        tell('open', await decide(db, platform, meant(slugs, domain), { decision: 'keep', reason: '-' })),
      ),
    )

  const remove = new Command('remove')
    .description('remove links; "open" undoes it')
    .argument('[slugs...]', 'their slugs')
    .option('--domain <domain>', 'all links that lead to a registered domain')
    .addOption(new Option('--reason <reason>', 'why, as visitors read it').choices(CATEGORIES).default('other'))
    .action((slugs: string[], { domain, reason }: { domain?: string; reason: Category }) =>
      withLinks(async (db, platform) => {
        const { describeRemoval } = await import('./removals.ts')
        const wanted = {
          decision: 'remove',
          category: reason,
          reason: describeRemoval(reason)[platform.config.language],
        } as const
        tell('removed', await decide(db, platform, meant(slugs, domain), wanted))
      }),
    )

  const surge = new Command('surge')
    .alias('wave')
    .description('whether anonymous links wait for a moderator; auto: when an hour brings far more than usual')
    .addArgument(
      new Argument('[to]', 'on or off sets it, auto gives it back to the clock; nothing only tells').choices([
        'on',
        'off',
        'auto',
      ]),
    )
    .action((to: 'on' | 'off' | 'auto' | undefined) =>
      withLinks(async (db) => {
        const one = new (await import('./spam-surge')).SpamSurge({ db, tell: async () => {} })
        if (to) await one.set(to)
        const { isOn, isForced, since } = await one.state()
        console.log(`${isOn ? 'on' : 'off'}, ${isForced ? 'as set' : 'by the clock'}, since ${since.toString()}`)
      }),
    )

  const rescanCommand = new Command('rescan')
    .alias('audit')
    .description('judge all active links by today’s rules and block lists')
    .option('--hold', 'hold the links that today would not open at once, until a moderator opens them')
    .action(({ hold = false }: { hold?: boolean }) =>
      withLinks(async (db, platform) => {
        const [{ Risk }, { rescan }] = await Promise.all([import('./risk/risk.ts'), import('./rescan')])
        await using risk = await Risk.open({ ...platform, db: platform.database.schema<RiskTables>('link') })
        const { tally, suspects, opened } = await rescan(
          { db, assess: (url, slug) => risk.assess(url, slug) },
          { hold },
        )
        for (const line of tally.lines) console.log(line)
        console.log(
          hold ? `${suspects} are held now: "bagad link held" lists them` : `${suspects} would be held by --hold`,
        )
        if (opened > 0) console.log(`${opened} like them were opened by a moderator, and stay open`)
      }),
    )
  return [held, open, remove, surge, rescanCommand, ...riskCommands(installation)]
}

/** Takes a decision through the moderation queue, which records it. Skips slugs that do not exist. */
async function decide(
  db: Kysely<LinkTables>,
  { offers }: Platform,
  which: Which,
  wanted: DecisionRequest,
): Promise<string[]> {
  const moderation = offers.get('moderation')
  if (!moderation) throw new Error('moderation is switched off; services.desk.enabled switches it on')
  const states =
    wanted.decision === 'keep' ? (['held', 'removed'] as const) : (['active', 'held', 'disabled', 'expired'] as const)
  const rows = await db
    .selectFrom('link')
    .select('slug')
    .where('state', 'in', states)
    .$if('slugs' in which, (query) => query.where('slug', 'in', ['', ...('slugs' in which ? which.slugs : [])]))
    .$if('domain' in which, (query) => query.where('domain', '=', 'domain' in which ? which.domain : ''))
    .orderBy('id')
    .execute()
  const by = { id: '', name: `${userInfo().username} (command line)` }
  for (const { slug } of rows) await moderation.decide('link', slug, wanted, by)
  return rows.map(({ slug }) => slug)
}

function meant(slugs: string[], domain: string | undefined): Which {
  return domain === undefined ? { slugs } : { domain }
}

function tell(done: string, slugs: string[]): void {
  for (const slug of slugs) console.log(printable(`${done}  ${slug}`))
  console.log(`${slugs.length} links`)
}

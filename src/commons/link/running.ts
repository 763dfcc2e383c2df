import type { Kysely } from 'kysely'
import type { Platform } from '../../platform/platform.ts'
import type { Running, ServiceProcess } from '../../platform/service.ts'
import { rescan } from './rescan.ts'
import { BrowserList } from './browser-list.ts'
import { Clicks } from './clicks.ts'
import { plantDemonstration } from './demonstration.ts'
import type { LinkContext } from './context.ts'
import { RedirectCache } from './redirect-cache.ts'
import { dailyFigures, figuresOf } from './figures.ts'
import { linkJobs } from './jobs.ts'
import { moderatedLinks } from './moderated.ts'
import { Links } from './links.ts'
import { shortenOwnPage } from './own-page-links.ts'
import { personalDataOf } from './personal-data.ts'
import { fastRedirect } from './redirect-answer.ts'
import { Risk } from './risk/risk.ts'
import type { RiskTables } from './risk/tables.ts'
import { linkRoutes } from './routes/routes.tsx'
import { AdmissionPolicy } from './admission-policy.ts'
import { link } from './service.ts'
import { LinkList } from './link-list.ts'
import type { LinkTables } from './tables.ts'
import { Redirects } from './redirects.ts'
import { SpamSurge } from './spam-surge.ts'
import { usageOf } from './usage.ts'
import { words } from './words.ts'

export async function openLink(platform: Platform, { role }: ServiceProcess): Promise<Running> {
  const {
    database,
    addresses,
    pubsub,
    log,
    today,
    rates,
    proofOfWork,
    key,
    isRelaxed,
    config,
    outgoing,
    blobs,
    auditTrail,
    figures,
  } = platform
  const db = database.schema<LinkTables>('link')
  const clicks = new Clicks({ db: database.unhurried.schema<LinkTables>('link'), log, figures, today })
  const redirectCache = new RedirectCache(pubsub, log)
  const surge = new SpamSurge({ db, tell: (transaction, links) => alertOfSurge(platform, transaction, links) })
  const risk = new Risk({ db: database.schema<RiskTables>('link'), blobs, addresses, pubsub, log })
  // Only the web process judges addresses continuously; jobs and commands load the lists when they need them.
  if (role === 'web') await risk.load()
  const admissionPolicy = new AdmissionPolicy({
    assess: (url, slug) => risk.assess(url, slug),
    rates,
    proofOfWork,
    surge,
    isRelaxed,
  })
  const linkList = new LinkList(db, today)
  const context: LinkContext = {
    links: new Links({
      db,
      figures,
      ownHost: addresses.host('link'),
      redirectCache,
      admissionPolicy,
      blockList: platform.blockList,
      auditTrail,
      key,
    }),
    redirects: new Redirects({ db, redirectCache, clicks, rates, today }),
    linkList,
    browserList: new BrowserList(key),
    credentials: platform.credentials,
    addresses,
    about: link.about,
    timeZone: config.time_zone,
  }
  return {
    routes: (app) => {
      linkRoutes(app, context)
      redirectCache.fill(db)
    },
    fastPath: { route: '/:slug', answer: fastRedirect(context.redirects) },
    figures: figuresOf(db),
    daily: dailyFigures,
    jobs: linkJobs({ db, surge, outgoing, rescanAll: (signal) => rescanAll(platform, signal) }),
    content: moderatedLinks({ db, addresses, redirects: context.redirects, surge }),
    offers: { 'link.shorten': (wanted) => shortenOwnPage(context, wanted) },
    usage: async (account) => usageOf(context, account),
    person: personalDataOf({ db, links: context.links, linkList }),
    checks: [
      {
        label: link.about.name,
        look: async () =>
          void (await Promise.all([db.selectFrom('spam_surge').select('is_on').execute(), risk.look()])),
      },
    ],
    demo: () => plantDemonstration(db, today()),
    [Symbol.asyncDispose]: async () => {
      await redirectCache[Symbol.asyncDispose]()
      await clicks[Symbol.asyncDispose]()
      await risk[Symbol.asyncDispose]()
    },
  }
}

/** Sends the moderators an e-mail: a spam surge has begun. */
async function alertOfSurge(platform: Platform, db: Kysely<LinkTables>, links: number): Promise<void> {
  platform.log.warn({ links }, 'a spam surge has begun: links of strangers wait for review')
  const say = words.in(platform.config.language)
  await writeToTeam(platform, db, {
    subject: say('mail.surge-subject'),
    paragraphs: [say('mail.surge-text', { count: links }), say('mail.surge-do')],
  })
}

/**
 * Puts on hold all links that today's rules and block lists would refuse, until a moderator opens them, and sends the
 * moderators an e-mail. Merely suspicious links stay active: `bagad link rescan --hold` holds them.
 */
async function rescanAll(platform: Platform, signal: AbortSignal): Promise<void> {
  const { database, config, log } = platform
  const db = database.schema<LinkTables>('link')
  await using risk = await Risk.open({ ...platform, db: database.schema<RiskTables>('link') })
  const { suspects } = await rescan(
    { db, assess: (url, slug) => risk.assess(url, slug) },
    { hold: true, isLenient: true, signal },
  )
  if (suspects === 0) return
  log.warn({ links: suspects }, 'links that today’s rules would refuse are put on hold')
  const say = words.in(config.language)
  await writeToTeam(platform, db, {
    subject: say('mail.judged-subject'),
    paragraphs: [say('mail.judged-text', { count: suspects }), say('mail.judged-do')],
  })
}

/** Sends the moderators an e-mail, where an address is configured. */
async function writeToTeam(
  { association, config, mail }: Platform,
  db: Kysely<LinkTables>,
  email: { subject: string; paragraphs: string[] },
): Promise<void> {
  const to = config.legal.abuse_email || association.email
  if (to) await mail.send(db, { to, language: config.language, ...email })
}

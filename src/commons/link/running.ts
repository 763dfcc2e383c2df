import type { Kysely } from 'kysely'
import type { Platform } from '../../platform/platform.ts'
import type { Running } from '../../platform/service.ts'
import { Keys } from './apis/keys.ts'
import { audit } from './audit.ts'
import { BrowserList } from './browser-list.ts'
import { Clicks } from './clicks.ts'
import { plantDemonstration } from './demonstration.ts'
import type { Desk } from './desk.ts'
import { Directory } from './directory.ts'
import { figuresOf } from './figures.ts'
import { linkJobs } from './jobs.ts'
import { moderatedLinks } from './moderated.ts'
import { Links } from './links.ts'
import { personalDataOf } from './personal-data.ts'
import { fastRedirect } from './redirect-answer.ts'
import { Risk } from './risk/risk.ts'
import type { RiskTables } from './risk/tables.ts'
import { linkRoutes } from './routes.tsx'
import { Screening } from './screening.ts'
import { link } from './service.ts'
import { Shelf } from './shelf.ts'
import type { LinkTables } from './tables.ts'
import { Visits } from './visits.ts'
import { Wave } from './wave.ts'
import { words } from './words.ts'

export async function openLink(platform: Platform): Promise<Running> {
  const { database, addresses, news, log, today, rates, proofOfWork, key, isRelaxed, config, outgoing, blobs, traces } =
    platform
  const db = database.schema<LinkTables>('link')
  const clicks = new Clicks(db, log, today)
  const directory = new Directory(news, log)
  const wave = new Wave({ db, tell: (transaction, links) => tellOfWave(platform, transaction, links) })
  const risk = await Risk.open({ db: database.schema<RiskTables>('link'), blobs, addresses, news, log })
  const screening = new Screening({
    assess: (url, slug) => risk.assess(url, slug),
    rates,
    proofOfWork,
    wave,
    isRelaxed,
  })
  const shelf = new Shelf(db, today)
  const desk: Desk = {
    links: new Links({ db, ownHost: addresses.host('link'), directory, screening, gate: platform.gate, traces, key }),
    visits: new Visits({ db, directory, clicks, rates, today }),
    shelf,
    browserList: new BrowserList(key),
    keys: new Keys({ identity: () => platform.identity, rates }),
    addresses,
    about: link.about,
    timeZone: config.time_zone,
  }
  return {
    routes: (app) => {
      linkRoutes(app, desk)
      directory.fill(db)
    },
    fastPath: { route: '/:slug', answer: fastRedirect(desk.visits) },
    figures: figuresOf(db),
    jobs: linkJobs({ db, wave, outgoing, judgeAgain: (signal) => judgeAgain(platform, signal) }),
    content: moderatedLinks({ db, addresses, visits: desk.visits, wave }),
    person: personalDataOf({ db, links: desk.links, shelf }),
    checks: [
      {
        label: link.about.name,
        look: async () => void (await Promise.all([db.selectFrom('wave').select('is_on').execute(), risk.look()])),
      },
    ],
    demo: () => plantDemonstration(db, today()),
    [Symbol.asyncDispose]: async () => {
      await directory[Symbol.asyncDispose]()
      await clicks[Symbol.asyncDispose]()
      await risk[Symbol.asyncDispose]()
    },
  }
}

/** Tells the team that a wave has come. */
async function tellOfWave(platform: Platform, db: Kysely<LinkTables>, links: number): Promise<void> {
  platform.log.warn({ links }, 'a wave of links: those of strangers wait for a look')
  const say = words.in(platform.config.language)
  await writeToTeam(platform, db, {
    subject: say('mail.wave-subject'),
    paragraphs: [say('mail.wave-text', { count: links }), say('mail.wave-do')],
  })
}

/**
 * Holds all links that nobody could make any more, by the rules and lists as they are now, until somebody opens them;
 * and tells the team. What is merely odd goes on leading: a person asks for that (`bagad link audit --hold`).
 */
async function judgeAgain(platform: Platform, signal: AbortSignal): Promise<void> {
  const { database, config, log } = platform
  const db = database.schema<LinkTables>('link')
  await using risk = await Risk.open({ ...platform, db: database.schema<RiskTables>('link') })
  const { suspects } = await audit(
    { db, assess: (url, slug) => risk.assess(url, slug) },
    { hold: true, isLenient: true, signal },
  )
  if (suspects === 0) return
  log.warn({ links: suspects }, 'links that nobody could make any more are held')
  const say = words.in(config.language)
  await writeToTeam(platform, db, {
    subject: say('mail.judged-subject'),
    paragraphs: [say('mail.judged-text', { count: suspects }), say('mail.judged-do')],
  })
}

/** Writes to the team, where it can be written to. */
async function writeToTeam(
  { association, config, mail }: Platform,
  db: Kysely<LinkTables>,
  letter: { subject: string; paragraphs: string[] },
): Promise<void> {
  const to = config.legal.abuse_email || association.email
  if (to) await mail.send(db, { to, language: config.language, ...letter })
}

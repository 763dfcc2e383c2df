import type { Kysely } from 'kysely'
import type { Platform } from '../../platform/platform.ts'
import type { Running } from '../../platform/service.ts'
import { Keys } from './apis/keys.ts'
import { BrowserList } from './browser-list.ts'
import { Clicks } from './clicks.ts'
import { plantDemonstration } from './demonstration.ts'
import type { Desk } from './desk.ts'
import { Directory } from './directory.ts'
import { figuresOf } from './figures.ts'
import { linkJobs } from './jobs.ts'
import { Links } from './links.ts'
import { quickRedirects } from './quick.ts'
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
  const { database, addresses, news, log, today, rates, proofOfWork, key, isRelaxed, config, outgoing, blobs } = platform
  const db = database.schema<LinkTables>('link')
  const clicks = new Clicks(db, log, today)
  const directory = new Directory(news, log)
  const wave = new Wave({ db, tell: (transaction, links) => tellOfWave(platform, transaction, links) })
  const risk = await Risk.open({ db: database.schema<RiskTables>('link'), blobs, addresses, news, log })
  const screening = new Screening({ assess: (url, slug) => risk.assess(url, slug), rates, proofOfWork, wave, isRelaxed })
  const shelf = new Shelf(db, today)
  const desk: Desk = {
    links: new Links({ db, ownHost: addresses.host('link'), directory, screening, key }),
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
    quick: { route: '/:slug', answers: (base) => quickRedirects(desk.visits, base) },
    figures: figuresOf(db),
    jobs: linkJobs({ db, wave, outgoing, today }),
    checks: [{ label: link.about.name, look: async () => void (await Promise.all([db.selectFrom('wave').select('is_on').execute(), risk.look()])) }],
    demo: () => plantDemonstration(db, today()),
    [Symbol.asyncDispose]: async () => {
      await directory[Symbol.asyncDispose]()
      await clicks[Symbol.asyncDispose]()
      await risk[Symbol.asyncDispose]()
    },
  }
}

/** Tells the team that a wave has come, where the team can be written to. */
async function tellOfWave({ association, config, mail, log }: Platform, db: Kysely<LinkTables>, links: number): Promise<void> {
  log.warn({ links }, 'a wave of links: those of strangers wait for a look')
  const to = config.legal.abuse_email || association.email
  if (!to) return
  const say = words.in(config.language)
  await mail.send(db, {
    to,
    language: config.language,
    subject: say('mail.wave-subject'),
    paragraphs: [say('mail.wave-text', { count: links }), say('mail.wave-do')],
  })
}

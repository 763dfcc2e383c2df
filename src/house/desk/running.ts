import { sql, type Kysely } from 'kysely'
import { Type } from 'typebox'
import type { PersonalData } from '../../platform/access/personal-data.ts'
import { Encryption } from '../../platform/backup/encryption.ts'
import { defineJob } from '../../platform/jobs/job.ts'
import type { HousePlatform } from '../../platform/platform.ts'
import type { Running } from '../../platform/service.ts'
import { ModeratorAlerts } from './moderator-alerts.ts'
import { Contents } from './contents.ts'
import { Decisions } from './decisions.ts'
import { fillDemonstration } from './demonstration.ts'
import { EvidenceStore } from './evidence-store.ts'
import { dailyFiguresOf, figuresOf, ModerationTally } from './figures.ts'
import { ModerationLog } from './moderation-log.ts'
import { ModerationEmails } from './emails.ts'
import { Queue } from './queue.ts'
import { Reports } from './reports.ts'
import { deskRoutes } from './routes/routes.tsx'
import { desk } from './service.ts'
import type { DeskTables } from './tables.ts'

/** The opened state of moderation, which its routes and jobs share. */
export interface DeskContext {
  platform: HousePlatform
  db: Kysely<DeskTables>
  contents: Contents
  reports: Reports
  queue: Queue
  decisions: Decisions
  evidence: EvidenceStore
  log: ModerationLog
}

export async function openDesk(platform: HousePlatform): Promise<Running> {
  const {
    database,
    config,
    mail,
    addresses,
    association,
    rates,
    auditTrail,
    blobs,
    blockList,
    jobs,
    today,
    services,
    running,
    figures,
  } = platform
  const db = database.schema<DeskTables>('desk')
  const identity = () => platform.identity
  const contents = new Contents(platform)
  const emails = new ModerationEmails({
    db,
    contents,
    mail,
    identity,
    addresses,
    association,
    language: config.language,
  })
  const alerts = new ModeratorAlerts({ db, mail, identity, addresses, language: config.language })
  const recipients = config.moderation.recipients.length > 0 ? config.moderation.recipients : config.backup.recipients
  const sealing = recipients.length > 0 ? new Encryption(recipients) : undefined
  const evidence = new EvidenceStore({ db, contents, blobs, auditTrail, emails, sealing, today })
  const tally = new ModerationTally(figures, services)
  const reports = new Reports({ db, contents, rates, auditTrail, emails, tally })
  const queue = new Queue({ db, contents, auditTrail, identity })
  const decisions = new Decisions({
    db,
    contents,
    queue,
    blockList,
    auditTrail,
    jobs,
    evidence,
    tally,
    timeZone: config.time_zone,
    twoPeople: config.moderation.two_people,
  })
  const withContents = () => services.filter(({ name }) => running.get(name)?.content)
  return {
    routes: (app) =>
      deskRoutes(app, { platform, db, contents, reports, queue, decisions, evidence, log: new ModerationLog(db) }),
    offers: {
      moderation: {
        report: (notice) => reports.take(notice),
        queue: (options) => queue.page(options),
        open: (service, content, by) => queue.open({ service, content }, by),
        decide: (service, content, requested, by) => decisions.make({ service, content }, requested, by),
        evidence: (service, content, by, reason) => evidence.open({ service, content }, by, reason),
      },
    },
    jobs: [
      defineJob({
        name: 'tell',
        payload: Type.Object({ decision: Type.Integer() }),
        run: ({ decision }) => emails.tell(decision),
      }),
      { name: 'call', schedule: '*/10 * * * *', run: () => alerts.look() },
    ],
    // Read once every service is open.
    get figures() {
      return figuresOf(db, withContents())
    },
    get daily() {
      return dailyFiguresOf(withContents())
    },
    person: personOf(db),
    checks: [{ label: desk.about.name, look: async () => void (await sql`select from desk.item limit 1`.execute(db)) }],
    demo: () => fillDemonstration({ reports, addresses }),
    [Symbol.asyncDispose]: async () => {},
  }
}

/**
 * The personal data of moderation: the account's own decisions. Reports about the account's contents belong to their
 * reporters.
 */
function personOf(db: Kysely<DeskTables>): PersonalData {
  return {
    export: async (account, sink) => {
      const decisions = await db
        .selectFrom('decision')
        .innerJoin('item', 'item.id', 'decision.item')
        .select(['service', 'content', 'decision', 'decision.category', 'reason', 'note', 'decided_at'])
        .where('decided_by', '=', account)
        .orderBy('decision.id')
        .execute()
      if (decisions.length > 0) await sink.add('decisions.json', decisions)
    },
    erase: async (account) => {
      await db
        .updateTable('decision')
        .set({ decided_by: null, decider: '…' })
        .where('decided_by', '=', account)
        .execute()
      await db.updateTable('opening').set({ asked_by: null, asker: '…' }).where('asked_by', '=', account).execute()
      await db.updateTable('act').set({ done_by: null, doer: '…' }).where('done_by', '=', account).execute()
    },
  }
}

import { documentPalette } from '../../platform/drawings/palette.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Running } from '../../platform/service.ts'
import { Collective } from './collective/collective.ts'
import { propertyRoutes } from './collective/routes.ts'
import { plantReport } from './demonstration.ts'
import type { ReportContext } from './context.ts'
import { Editions } from './editions/editions.ts'
import { reportJobs } from './jobs.ts'
import { reportRoutes } from './routes/routes.ts'
import { personOf } from './person.ts'
import { report } from './service.ts'
import type { ReportTables } from './tables.ts'
import { Comments } from './writing/comments.ts'
import { Reports } from './writing/reports.ts'

export async function openReport(platform: Platform): Promise<Running> {
  const { database, figures, blobs, jobs, association, addresses, config, outgoing, today } = platform
  const db = database.schema<ReportTables>('report')
  const palette = documentPalette(association)
  const timeZone = config.time_zone
  const editions = new Editions({ db, blobs, palette, timeZone })
  const reports = new Reports({ db, figures, editions, jobs, association })
  const collective = new Collective(db, platform)
  const context: ReportContext = {
    figures,
    reports,
    editions,
    comments: new Comments(db),
    identity: () => platform.identity,
    collective,
    outgoing,
    addresses,
    association,
    palette,
    timeZone,
    today,
  }
  return {
    routes: (app) => reportRoutes(app, context, platform),
    wellKnown: (app) => propertyRoutes(app, collective),
    person: personOf(db, figures),
    jobs: reportJobs({ db, editions, platform }),
    checks: [
      {
        label: report.about.name,
        look: async () => void (await db.selectFrom('report').select('year').limit(1).execute()),
      },
    ],
    demo: () => plantReport(reports, platform),
    [Symbol.asyncDispose]: async () => {},
  }
}

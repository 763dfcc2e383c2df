import type { App } from '../../../platform/http/app.ts'
import { publishFigures } from '../../../platform/http/stats.ts'
import type { Platform } from '../../../platform/platform.ts'
import { figureApi } from '../apis/figure-api.ts'
import { reportApi } from '../apis/report-api.ts'
import { collectivePages } from './collective.tsx'
import type { ReportContext } from '../context.ts'
import { figurePages } from './figures.tsx'
import { importPages } from './import.tsx'
import { reportPages } from './reports.tsx'
import { writingPages } from './writing.tsx'

export function reportRoutes(app: App, context: ReportContext, platform: Platform): void {
  publishFigures(app, platform)
  figureApi(app, context)
  reportApi(app, context)
  figurePages(app, context)
  importPages(app, context)
  reportPages(app, context, platform.blobs)
  writingPages(app, context)
  collectivePages(app, context)
}

import type { App } from '../../platform/http/app.ts'
import { publishFigures } from '../../platform/http/stats.ts'
import type { Platform } from '../../platform/platform.ts'
import { figureApi } from './apis/figure-api.ts'
import { reportApi } from './apis/report-api.ts'
import { collectivePages } from './collective/pages.tsx'
import type { ReportContext } from './context.ts'
import { figurePages } from './figure-pages.tsx'
import { importPages } from './import-pages.tsx'
import { reportPages } from './report-pages.tsx'
import { writingPages } from './writing/pages.tsx'

export function reportRoutes(app: App, context: ReportContext, platform: Platform): void {
  publishFigures(app, platform)
  figureApi(app, context)
  reportApi(app, context)
  figurePages(app, context)
  importPages(app, context)
  reportPages(app, context)
  writingPages(app, context)
  collectivePages(app, context)
}

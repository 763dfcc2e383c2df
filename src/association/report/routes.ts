import type { App } from '../../platform/http/app.ts'
import { publishFigures } from '../../platform/http/stats.ts'
import type { Platform } from '../../platform/platform.ts'
import { figureApi } from './apis/figure-api.ts'
import { reportApi } from './apis/report-api.ts'
import { collectivePages } from './collective/pages.tsx'
import type { Desk } from './desk.ts'
import { figurePages } from './figure-pages.tsx'
import { importPages } from './import-pages.tsx'
import { reportPages } from './report-pages.tsx'
import { writingPages } from './writing/pages.tsx'

export function reportRoutes(app: App, desk: Desk, platform: Platform): void {
  publishFigures(app, platform)
  figureApi(app, desk)
  reportApi(app, desk)
  figurePages(app, desk)
  importPages(app, desk)
  reportPages(app, desk, platform.blobs)
  writingPages(app, desk)
  collectivePages(app, desk)
}

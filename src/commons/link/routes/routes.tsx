import type { App } from '../../../platform/http/app.ts'
import { takeFiles } from '../../../platform/http/file-form.ts'
import { accountRoutes } from '../apis/lstu/accounts.tsx'
import { makingRoutes } from '../apis/lstu/making.tsx'
import { readingRoutes } from '../apis/lstu/reading.ts'
import { shlinkRoutes } from '../apis/shlink/routes.ts'
import { yourlsRoutes } from '../apis/yourls/routes.ts'
import type { LinkContext } from '../context.ts'
import { manageRoutes } from './manage.tsx'
import { mineRoutes } from './mine.tsx'
import { shortenRoutes } from './shorten.tsx'
import { visitRoutes } from './visit.tsx'

/** The routes of the link host; any path that is no page of ours is a slug. */
export function linkRoutes(app: App, context: LinkContext): void {
  takeFiles(app)
  shortenRoutes(app, context)
  manageRoutes(app, context)
  mineRoutes(app, context)
  makingRoutes(app, context)
  readingRoutes(app, context)
  accountRoutes(app)
  yourlsRoutes(app, context)
  shlinkRoutes(app, context)
  visitRoutes(app, context, context.addresses)
}

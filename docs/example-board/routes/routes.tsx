import type { App } from '../../../src/platform/http/app.ts'
import { takeFiles } from '../../../src/platform/http/file-form.ts'
import type { BoardContext } from '../context.ts'
import { Home } from '../pages/home.tsx'
import { apiRoutes } from './api.ts'
import { newNoticeRoutes } from './new-notice.tsx'
import { noticeRoutes } from './notice.tsx'

/** Everything on the host of the board. */
export function boardRoutes(app: App, context: BoardContext): void {
  takeFiles(app)
  app.get('/', async (_, reply) => reply.page(<Home notices={await context.notices.shown()} />))
  newNoticeRoutes(app, context)
  noticeRoutes(app, context)
  apiRoutes(app, context)
  context.pictures.serve(app)
}

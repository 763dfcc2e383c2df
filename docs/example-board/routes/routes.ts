import type { App } from '../../../src/platform/http/app.ts'
import type { BoardContext } from '../context.ts'
import { noticeApi } from './api.ts'
import { noticeRoutes } from './notices.tsx'

export function boardRoutes(app: App, context: BoardContext): void {
  noticeRoutes(app, context)
  noticeApi(app, context)
  context.pictures.serve(app)
}

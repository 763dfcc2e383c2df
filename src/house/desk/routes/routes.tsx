import { holds } from '../../../platform/access/caller.ts'
import type { App } from '../../../platform/http/app.ts'
import type { DeskContext } from '../running.ts'
import { blockRoutes } from './blocks.tsx'
import { queueRoutes } from './queue.tsx'
import { reportRoutes } from './report.tsx'

export function deskRoutes(app: App, context: DeskContext): void {
  app.get('/', async (request, reply) => {
    const isModerator = request.session && holds(request.session.caller, 'moderator')
    return reply.header('vary', 'cookie').redirect(isModerator ? '/file' : '/signaler', 302)
  })
  reportRoutes(app, context)
  queueRoutes(app, context)
  blockRoutes(app, context)
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Moderator } from '../../../platform/moderation/moderation.ts'
import { moderatorIn } from '../../../platform/moderation/routes.ts'
import type { DeskContext } from '../running.ts'

/** Who moderates; people who are not signed in are led there, and undefined is given. @throws Refusal `moderators-only` */
export async function moderatorOr(
  platform: DeskContext['platform'],
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Moderator | undefined> {
  reply.header('cache-control', 'no-store')
  if (request.session || request.method !== 'GET') return moderatorIn(platform, request, 'moderation:write')
  if (request.headers.accept?.includes('text/html')) {
    reply.redirect(`/_sso?next=${encodeURIComponent(request.url)}`, 302)
    return undefined
  }
  return moderatorIn(platform, request, 'moderation:read')
}

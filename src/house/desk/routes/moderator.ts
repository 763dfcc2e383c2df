import type { FastifyReply, FastifyRequest } from 'fastify'
import { signInFirst } from '../../../platform/http/caller.ts'
import type { Moderator } from '../../../platform/moderation/moderation.ts'
import { moderatorIn } from '../../../platform/moderation/routes.ts'
import type { DeskContext } from '../running.ts'

/**
 * The moderator of a request; undefined after a redirect of a visitor to the sign-in page.
 *
 * @throws Refusal `authentication-required`, `moderators-only`
 */
export async function moderatorOr(
  { addresses }: DeskContext['platform'],
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Moderator | undefined> {
  reply.header('cache-control', 'no-store')
  const isRead = request.method === 'GET'
  if (isRead && (await signInFirst(addresses)(request, reply))) return undefined
  return moderatorIn(request, isRead && !request.session ? 'moderation:read' : 'moderation:write')
}

import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { BlocksPage } from '../pages/blocks.tsx'
import { ModerationLogPage } from '../pages/moderation-log.tsx'
import type { DeskContext } from '../running.ts'
import { moderatorOr } from './moderator.ts'

/** Lists blocks and bans, lifts them, and shows the moderation log. */
export function blockRoutes(app: App, { platform, db, log }: DeskContext): void {
  const { blockList } = platform
  const Lifted = Type.Object({
    service: Type.Optional(Type.String({ maxLength: 40 })),
    hash: Type.Optional(Type.String({ pattern: '^[0-9a-f]{2,128}$' })),
    network: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  })

  app.get('/blocages', async (request, reply) => {
    if (!(await moderatorOr(platform, request, reply))) return reply
    const [blocked, banned] = await Promise.all([blockList.blocked(), blockList.banned()])
    return reply.page(<BlocksPage blocked={blocked} banned={banned} />)
  })

  app.post('/blocages/levee', { schema: { body: Lifted } }, async (request, reply) => {
    const by = await moderatorOr(platform, request, reply)
    if (!by) return reply
    const { service, hash, network } = request.body
    await db.transaction().execute(async (transaction) => {
      const content =
        service && hash ? await blockList.unblock(transaction, service, Buffer.from(hash, 'hex')) : undefined
      if (content !== undefined) await log.note(transaction, 'unblock', `${service}/${content}`, by)
      if (network && (await blockList.unban(transaction, Buffer.from(network, 'hex'))))
        await log.note(transaction, 'unban', network.slice(0, 12), by)
    })
    return reply.redirect('/blocages', 303)
  })

  app.get(
    '/journal',
    { schema: { querystring: Type.Object({ before: Type.Optional(Type.String({ format: 'date-time' })) }) } },
    async (request, reply) => {
      if (!(await moderatorOr(platform, request, reply))) return reply
      const { before } = request.query
      return reply.page(
        <ModerationLogPage deeds={await log.last(before === undefined ? undefined : Temporal.Instant.from(before))} />,
      )
    },
  )
}

import { buffer } from 'node:stream/consumers'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { BlobMissing, type Blobs } from '../../../platform/blobs/blobs.ts'
import type { App } from '../../../platform/http/app.ts'
import { LARGEST_FILE, PictureRefused, redraw, type Frame } from '../../../platform/images/redraw.ts'
import { CATEGORIES, type Category } from '../../../platform/moderation/categories.ts'
import type { Moderator } from '../../../platform/moderation/moderation.ts'
import type { ContentRef } from '../contents.ts'
import { nextPath, pathOf } from '../paths.ts'
import { CasePage } from '../pages/case.tsx'
import type { JustDone } from '../pages/parts.tsx'
import { QueuePage } from '../pages/queue.tsx'
import type { DeskContext } from '../running.ts'
import { readSwitches, turnSwitch } from '../switches.ts'
import { words } from '../words.ts'
import { moderatorOr } from './moderator.ts'

/** Decisions after which the moderator is advised to take a break. */
const BREAK_AFTER = 20

/** Pictures are scaled down to the width of a page. */
const PREVIEW: Frame = { width: 1280, height: 1280, fit: 'within' }

const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const Tick = Type.Optional(Type.Literal('on'))
const CategoryName = Type.Union(CATEGORIES.map((category) => Type.Literal(category)))
const Where = Type.Object({ service: Type.String({ maxLength: 40 }), content: Type.String({ maxLength: 500 }) })
const WherePicture = Type.Object({ ...Where.properties, number: Type.Integer({ minimum: 1, maximum: 1000 }) })
const Done = Type.Object({ done: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })) })

const DecisionForm = Type.Object({
  decision: Type.Union([Type.Literal('keep'), Type.Literal('hide'), Type.Literal('remove')]),
  category: CategoryName,
  reason: Text(5000),
  note: Text(10_000),
  block: Tick,
  hold: Tick,
  banSource: Tick,
  sameAuthor: Tick,
  alike: Tick,
  after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
})
type DecisionForm = Type.Static<typeof DecisionForm>

/** The routes for moderators. */
export function queueRoutes(app: App, { platform, db, contents, queue, decisions, evidence, log }: DeskContext): void {
  const moderator = (request: FastifyRequest, reply: FastifyReply) => moderatorOr(platform, request, reply)

  app.get(
    '/file',
    {
      schema: {
        querystring: Type.Object({
          ...Done.properties,
          offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
        }),
      },
    },
    async (request, reply) => {
      const by = await moderator(request, reply)
      if (!by) return reply
      const { offset = 0 } = request.query
      const [{ items, total }, waiting, switches, just] = await Promise.all([
        queue.page({ offset }),
        offset === 0 ? queue.waiting() : [],
        offset === 0 ? readSwitches(contents) : [],
        justDone(request.query.done, by),
      ])
      return reply.page(
        <QueuePage items={items} total={total} offset={offset} waiting={waiting} switches={switches} just={just} />,
      )
    },
  )

  app.get(
    '/file/suivant',
    { schema: { querystring: Type.Object({ ...Done.properties, service: Text(40), content: Text(500) }) } },
    async (request, reply) => {
      if (!(await moderator(request, reply))) return reply
      const { service, content, done } = request.query
      const next = await queue.next(service && content ? { service, content } : undefined)
      return reply.redirect(`${next ? pathOf(next) : '/file'}${done === undefined ? '' : `?done=${done}`}`, 303)
    },
  )

  app.post(
    '/file/reglages/:service/:name',
    {
      schema: {
        params: Type.Object({ service: Type.String(), name: Type.String() }),
        body: Type.Object({ value: Type.String({ maxLength: 100 }) }),
      },
    },
    async (request, reply) => {
      const by = await moderator(request, reply)
      if (!by) return reply
      const { service, name } = request.params
      const { value } = request.body
      if (!(await turnSwitch(contents, service, name, value))) return reply.callNotFound()
      await log.note(db, 'switch', `${service}/${name}=${value}`, by)
      return reply.redirect('/file', 303)
    },
  )

  app.post(
    '/decisions/:id/annulation',
    { schema: { params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }) } },
    async (request, reply) => {
      const by = await moderator(request, reply)
      if (!by) return reply
      return reply.redirect(pathOf(await decisions.undo(request.params.id, by)), 303)
    },
  )

  /** The moderator's last decision, and whether a break is due. */
  async function justDone(done: number | undefined, by: Moderator): Promise<JustDone | undefined> {
    if (done === undefined) return undefined
    const [decision, recent] = await Promise.all([decisions.find(done), decisions.recentOf(by)])
    return decision && { decision, ...(recent > 0 && recent % BREAK_AFTER === 0 && { recent }) }
  }

  async function show(
    request: FastifyRequest<{ Params: ContentRef }>,
    reply: FastifyReply,
    by: Moderator,
    just?: JustDone,
  ): Promise<FastifyReply> {
    const found = await queue.open(request.params, by)
    const alike = await contents.of(request.params.service).alike?.(request.params.content)
    return reply.page(<CasePage found={found} alike={alike} canHold={evidence.isOpen} just={just} />)
  }

  app.get('/file/:service/:content', { schema: { params: Where, querystring: Done } }, async (request, reply) => {
    const by = await moderator(request, reply)
    return by ? show(request, reply, by, await justDone(request.query.done, by)) : reply
  })

  app.post('/file/:service/:content', { schema: { params: Where, body: DecisionForm } }, async (request, reply) => {
    const by = await moderator(request, reply)
    if (!by) return reply
    const { block, hold, banSource, sameAuthor, alike, after, reason = '', ...requested } = request.body
    const work = async () => {
      const say = request.reader.say(words)
      const ticked = {
        block: block === 'on',
        hold: hold === 'on',
        banSource: banSource === 'on',
        sameAuthor: sameAuthor === 'on',
        alike: alike === 'on',
      }
      const decision = await decisions.make(
        request.params,
        {
          ...requested,
          ...ticked,
          after: after === undefined ? undefined : Number(after),
          reason: reason.trim() || defaultReason(requested.decision, requested.category, say),
        },
        by,
      )
      return nextPath(request.params, decision.id)
    }
    return reply.form(work, () => show(request, reply, by))
  })

  app.post(
    '/file/:service/:content/preuve',
    { schema: { params: Where, body: Type.Object({ reason: Text(5000) }) } },
    async (request, reply) => {
      const by = await moderator(request, reply)
      if (!by) return reply
      const work = async () => {
        const { content, name } = await evidence.open(request.params, by, request.body.reason ?? '')
        return reply
          .header('cache-control', 'no-store')
          .header('content-disposition', `attachment; filename="${name}"`)
          .type('application/octet-stream')
          .send(content)
      }
      return reply.form(work, () => show(request, reply, by))
    },
  )

  app.get('/apercu/:service/:content/:number', { schema: { params: WherePicture } }, async (request, reply) => {
    if (!(await moderator(request, reply))) return reply
    const { preview } = await contents.see(request.params)
    const picture = preview.pictures?.[request.params.number - 1]
    const drawn = picture && (await drawnAnew(platform.blobs, picture))
    if (!drawn) return reply.callNotFound()
    return reply
      .header('cache-control', 'no-store')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .type('image/webp')
      .send(drawn)
  })
}

/** Re-encodes a reported picture; undefined when it is missing or cannot be decoded. */
async function drawnAnew(blobs: Blobs, key: string): Promise<Buffer | undefined> {
  const { size = Infinity } = (await blobs.stat(key)) ?? {}
  if (size > LARGEST_FILE) return undefined
  try {
    return await redraw(await buffer(await blobs.get(key)), PREVIEW)
  } catch (error) {
    if (error instanceof PictureRefused || error instanceof BlobMissing) return undefined
    throw error
  }
}

function defaultReason(
  decision: DecisionForm['decision'],
  category: Category,
  say: ReturnType<typeof words.in>,
): string {
  return decision === 'keep' ? say('reasons.keep') : say(`reasons.${category}`)
}

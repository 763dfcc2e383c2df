import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { holds } from '../../platform/access/caller.ts'
import type { App } from '../../platform/http/app.ts'
import { refusalOf } from '../../platform/http/refusal-of.ts'
import { sendBlob } from '../../platform/http/send-blob.ts'
import { CATEGORIES, type Category } from '../../platform/moderation/categories.ts'
import type { Moderator } from '../../platform/moderation/desk.ts'
import { PICTURE_TYPES } from '../../platform/moderation/moderated.ts'
import { moderatorIn } from '../../platform/moderation/routes.ts'
import type { Refusal } from '../../platform/refusals.ts'
import type { Place } from './contents.ts'
import { nextPath, pathOf } from './paths.ts'
import { JournalPage } from './pages/journal.tsx'
import { AppealForm, ReportForm, Taken } from './pages/report.tsx'
import { CasePage } from './pages/case.tsx'
import type { JustDone } from './pages/parts.tsx'
import { DoorsPage } from './pages/doors.tsx'
import { QueuePage } from './pages/queue.tsx'
import type { Furniture } from './running.ts'
import { readSwitches, turnSwitch } from './switches.ts'
import { words } from './words.ts'

/** Contents after which whoever moderates is told to take a break: what they see is hard (pic.md 4). */
const BREAK_AFTER = 20

const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const Tick = Type.Optional(Type.Literal('on'))
const CategoryName = Type.Union(CATEGORIES.map((category) => Type.Literal(category)))
const Asked = Type.Object({ url: Text(8500) })

/** The form. `website` is a field that people do not see: who fills it in is a program that fills in everything. */
const Report = Type.Object({
  url: Text(20_000),
  category: Type.Optional(CategoryName),
  explanation: Text(20_000),
  email: Text(320),
  website: Text(1000),
})
type Report = Type.Static<typeof Report>

const Where = Type.Object({ service: Type.String({ maxLength: 40 }), content: Type.String({ maxLength: 500 }) })
const Done = Type.Object({ done: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })) })

const Wish = Type.Object({
  decision: Type.Union([Type.Literal('keep'), Type.Literal('hide'), Type.Literal('remove')]),
  category: CategoryName,
  reason: Text(2000),
  note: Text(4000),
  block: Tick,
  hold: Tick,
  banSource: Tick,
  sameAuthor: Tick,
  alike: Tick,
  after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
})
type Wish = Type.Static<typeof Wish>

export function deskRoutes(app: App, furniture: Furniture): void {
  app.get('/', async (request, reply) => {
    const isModerator = request.session && holds(request.session.caller, 'moderator')
    return reply.header('vary', 'cookie').redirect(isModerator ? '/file' : '/signaler', 302)
  })
  reportRoutes(app, furniture)
  queueRoutes(app, furniture)
  doorRoutes(app, furniture)
}

/** For everyone: reporting, and saying something against a decision. Both work without a script and without an account. */
function reportRoutes(app: App, { reports }: Furniture): void {
  for (const path of ['/signaler', '/report']) {
    app.get(path, { schema: { querystring: Asked } }, async (request, reply) =>
      reply.page(<ReportForm written={{ url: request.query.url }} />),
    )
    app.post(path, { schema: { body: Report } }, async (request, reply) => {
      const { category, website } = request.body
      if (!category) return reply.page(<ReportForm written={request.body} isCategoryMissing />, 422)
      return taken(
        request,
        reply,
        (refusal) => <ReportForm written={request.body} refusal={refusal} />,
        async () => (website ? { reference: '' } : reports.take({ ...noticeOf(request.body, request), category })),
      )
    })
  }

  for (const path of ['/contester', '/appeal']) {
    app.get(path, { schema: { querystring: Asked } }, async (request, reply) =>
      reply.page(<AppealForm written={{ url: request.query.url }} />),
    )
    app.post(path, { schema: { body: Report } }, async (request, reply) =>
      taken(
        request,
        reply,
        (refusal) => <AppealForm written={request.body} refusal={refusal} />,
        async () => (request.body.website ? { reference: '' } : reports.takeAppeal(noticeOf(request.body, request))),
      ),
    )
  }
}

/** Shows the reference of what was taken, or the form again with what is wrong beside what was written. */
async function taken(
  request: FastifyRequest<{ Body: Report }>,
  reply: FastifyReply,
  again: (refusal: Refusal) => ReturnType<typeof ReportForm>,
  take: () => Promise<{ reference: string }>,
): Promise<FastifyReply> {
  try {
    const { reference } = await take()
    return await reply
      .header('cache-control', 'no-store')
      .page(<Taken reference={reference} isAnswered={Boolean(request.body.email)} />, 202)
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    if (refusal.retryAfter) reply.header('retry-after', String(refusal.retryAfter))
    return reply.page(again(refusal), refusal.status)
  }
}

function noticeOf({ url = '', explanation = '', email }: Report, request: FastifyRequest) {
  return {
    urls: url.split(/\s+/),
    explanation,
    email: email?.trim() || undefined,
    language: request.reader.language,
    from: request.from,
  }
}

/** For those who moderate. */
function queueRoutes(app: App, { platform, db, contents, queue, decisions, evidence, journal }: Furniture): void {
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
      await journal.note(db, 'switch', `${service}/${name}=${value}`, by)
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

  /** What whoever moderates has just done, and whether it is time for a break. */
  async function justDone(done: number | undefined, by: Moderator): Promise<JustDone | undefined> {
    if (done === undefined) return undefined
    const [decision, recent] = await Promise.all([decisions.find(done), decisions.recentOf(by)])
    return decision && { decision, ...(recent > 0 && recent % BREAK_AFTER === 0 && { recent }) }
  }

  async function show(
    request: FastifyRequest<{ Params: Place }>,
    reply: FastifyReply,
    by: Moderator,
    more: { refusal?: Refusal; just?: JustDone | undefined; written?: Wish } = {},
  ): Promise<FastifyReply> {
    const found = await queue.open(request.params, by)
    const alike = await contents.of(request.params.service).alike?.(request.params.content)
    return reply.page(
      <CasePage found={found} alike={alike} canHold={evidence.isOpen} {...more} />,
      more.refusal?.status ?? 200,
    )
  }

  app.get('/file/:service/:content', { schema: { params: Where, querystring: Done } }, async (request, reply) => {
    const by = await moderator(request, reply)
    return by ? show(request, reply, by, { just: await justDone(request.query.done, by) }) : reply
  })

  app.post('/file/:service/:content', { schema: { params: Where, body: Wish } }, async (request, reply) => {
    const by = await moderator(request, reply)
    if (!by) return reply
    const { block, hold, banSource, sameAuthor, alike, after, reason = '', ...wish } = request.body
    try {
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
          ...wish,
          ...ticked,
          after: after === undefined ? undefined : Number(after),
          reason: reason.trim() || defaultReason(wish.decision, wish.category, say),
        },
        by,
      )
      return await reply.redirect(nextPath(request.params, decision.id), 303)
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      return show(request, reply, by, { refusal, written: request.body })
    }
  })

  app.post(
    '/file/:service/:content/preuve',
    { schema: { params: Where, body: Type.Object({ reason: Text(2000) }) } },
    async (request, reply) => {
      const by = await moderator(request, reply)
      if (!by) return reply
      try {
        const { content, name } = await evidence.open(request.params, by, request.body.reason ?? '')
        return await reply
          .header('cache-control', 'no-store')
          .header('content-disposition', `attachment; filename="${name}"`)
          .type('application/octet-stream')
          .send(content)
      } catch (error) {
        const refusal = refusalOf(error)
        if (!refusal) throw error
        return show(request, reply, by, { refusal })
      }
    },
  )

  app.get('/apercu/:service/:content', { schema: { params: Where } }, async (request, reply) => {
    if (!(await moderator(request, reply))) return reply
    const { preview } = await contents.see(request.params)
    if (preview.kind !== 'picture' || !PICTURE_TYPES.includes(preview.type)) return reply.callNotFound()
    reply.header('cache-control', 'no-store').header('content-security-policy', "default-src 'none'; sandbox")
    return sendBlob(reply, platform.blobs, { key: preview.blob, type: preview.type })
  })
}

/** What is kept out, letting it in again, and who did what. */
function doorRoutes(app: App, { platform, db, journal }: Furniture): void {
  const { gate } = platform
  const Lifted = Type.Object({
    service: Text(40),
    hash: Type.Optional(Type.String({ pattern: '^[0-9a-f]{2,128}$' })),
    network: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  })

  app.get('/blocages', async (request, reply) => {
    if (!(await moderatorOr(platform, request, reply))) return reply
    const [blocked, banned] = await Promise.all([gate.blocked(), gate.banned()])
    return reply.page(<DoorsPage blocked={blocked} banned={banned} />)
  })

  app.post('/blocages/levee', { schema: { body: Lifted } }, async (request, reply) => {
    const by = await moderatorOr(platform, request, reply)
    if (!by) return reply
    const { service, hash, network } = request.body
    await db.transaction().execute(async (transaction) => {
      const content = service && hash ? await gate.unblock(transaction, service, Buffer.from(hash, 'hex')) : undefined
      if (content !== undefined) await journal.note(transaction, 'unblock', `${service}/${content}`, by)
      if (network && (await gate.unban(transaction, Buffer.from(network, 'hex'))))
        await journal.note(transaction, 'unban', network.slice(0, 12), by)
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
        <JournalPage deeds={await journal.last(before === undefined ? undefined : Temporal.Instant.from(before))} />,
      )
    },
  )
}

/** Who moderates; people who are not signed in are led there, and undefined is given. @throws Refusal `moderators-only` */
async function moderatorOr(
  platform: Furniture['platform'],
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

function defaultReason(decision: Wish['decision'], category: Category, say: ReturnType<typeof words.in>): string {
  return decision === 'keep' ? say('reasons.keep') : say(`reasons.${category}`)
}

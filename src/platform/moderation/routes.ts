import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { holds, may } from '../access/caller.ts'
import type { App } from '../http/app.ts'
import { ownRefusals } from '../http/refusal-of.ts'
import type { HousePlatform, Platform } from '../platform.ts'
import { CATEGORIES } from './categories.ts'
import type { Case, Decision, Moderation, Moderator, QueuedContent } from './moderation.ts'
import type { ModeratedContent, Preview } from './moderated.ts'

const CategoryName = Type.Union(CATEGORIES.map((category) => Type.Literal(category)))
const Address = Type.String({ maxLength: 8500 })

const NoticeBody = Type.Object({
  url: Type.Optional(Address),
  urls: Type.Optional(Type.Array(Address, { maxItems: 20 })),
  category: CategoryName,
  explanation: Type.Optional(Type.String({ maxLength: 20_000 })),
  email: Type.Optional(Type.String({ maxLength: 320 })),
  sealedKey: Type.Optional(Type.String({ maxLength: 8000 })),
})

const DecisionBody = Type.Object({
  decision: Type.Union([Type.Literal('keep'), Type.Literal('hide'), Type.Literal('remove')]),
  category: Type.Optional(CategoryName),
  reason: Type.String({ maxLength: 2000, description: 'Told to the author and to who has reported it.' }),
  note: Type.Optional(Type.String({ maxLength: 4000, description: 'For the desk alone.' })),
  block: Type.Optional(Type.Boolean({ description: 'The same thing cannot come again.' })),
  hold: Type.Optional(Type.Boolean({ description: 'Evidence is kept, encrypted.' })),
  ban_source: Type.Optional(
    Type.Boolean({ description: 'Nothing more is taken from where it came from, for 90 days.' }),
  ),
  same_author: Type.Optional(Type.Boolean({ description: 'All that the same author has put in that service.' })),
  after: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'Number of the last decision that was seen, 0 for none: a later one is not overridden.',
    }),
  ),
  alike: Type.Optional(
    Type.Boolean({ description: 'All that is like it: leads to the same domain, stands in the same gallery.' }),
  ),
})

const Page = Type.Object({
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
})
/** A content by its public name: of the host's own service, or of a service that is named. */
const ItemHere = Type.Object({ id: Type.String({ maxLength: 500 }) })
const ItemAnywhere = Type.Object({ service: Type.String({ maxLength: 40 }), ...ItemHere.properties })

const Reason = Type.Object({ reason: Type.Optional(Type.String({ maxLength: 2000 })) })

/**
 * Reports and the desk for programs, on every host; on the host of a service that has contents, the desk's interface is
 * about that service alone.
 */
export function moderationRoutes(app: App, platform: HousePlatform, service: string): void {
  app.post(
    '/api/v1/reports',
    {
      config: { published: true },
      schema: { description: 'Reports contents of ours: no account is needed.', body: NoticeBody },
    },
    async (request, reply) => {
      const { url, urls = [], category, explanation = '', email, sealedKey } = request.body
      const all = url === undefined ? urls : [url, ...urls]
      const { reference } = await moderationOf(platform).report({
        urls: all,
        category,
        explanation,
        email,
        sealedKey,
        language: request.reader.language,
        from: request.from,
      })
      return reply.code(202).header('cache-control', 'no-store').send({ reference })
    },
  )

  app.get(
    '/api/v1/moderation/queue',
    {
      config: { published: true },
      schema: { description: 'What waits for a decision, the most urgent first.', querystring: Page },
    },
    async (request, reply) => {
      moderatorIn(request, 'moderation:read')
      const { items, total } = await moderationOf(platform).queue({
        ...request.query,
        service: ownOf(platform, service),
      })
      return reply.header('cache-control', 'no-store').send({ items: items.map(toldQueued), total })
    },
  )

  const own = ownOf(platform, service)
  const path = own === undefined ? '/api/v1/moderation/items/:service/:id' : '/api/v1/moderation/items/:id'
  const Params = own === undefined ? ItemAnywhere : ItemHere
  const serviceIn = (params: { service: string } | object) => ('service' in params ? params.service : (own ?? ''))

  app.get(
    path,
    {
      config: { published: true },
      schema: { description: 'One content, with what was said and decided.', params: Params },
    },
    async (request, reply) => {
      const by = moderatorIn(request, 'moderation:read')
      const found = await moderationOf(platform).open(serviceIn(request.params), request.params.id, by)
      return reply.header('cache-control', 'no-store').send(toldCase(found))
    },
  )

  app.post(
    `${path}/decision`,
    { config: { published: true }, schema: { description: 'Decides.', params: Params, body: DecisionBody } },
    async (request, reply) => {
      const by = moderatorIn(request, 'moderation:write')
      const { ban_source: banSource, same_author: sameAuthor, ...requested } = request.body
      const decision = await moderationOf(platform).decide(
        serviceIn(request.params),
        request.params.id,
        { ...requested, banSource, sameAuthor },
        by,
      )
      return reply.header('cache-control', 'no-store').send(toldDecision(decision))
    },
  )

  app.get(
    `${path}/evidence`,
    {
      config: { published: true },
      schema: {
        description: 'Evidence that was kept, encrypted. That it was asked for is kept and told to the board.',
        params: Params,
        querystring: Reason,
      },
    },
    async (request, reply) => {
      // By token alone: every look is recorded, and no page of another site may cause one.
      if (request.session) throw ownRefusals('authentication-required')
      const by = moderatorIn(request, 'moderation:write')
      const { content, name } = await moderationOf(platform).evidence(
        serviceIn(request.params),
        request.params.id,
        by,
        request.query.reason ?? '',
      )
      return reply
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="${name}"`)
        .type('application/octet-stream')
        .send(content)
    },
  )
}

/** @throws Refusal `moderation-disabled` where the house has none */
function moderationOf({ offers }: Platform): Moderation {
  const moderation = offers.get('moderation')
  if (!moderation) throw ownRefusals('moderation-disabled')
  return moderation
}

/** The service that a host's interface is about; undefined where it is about all of them. */
function ownOf({ services }: HousePlatform, service: string): string | undefined {
  return services.find(({ name }) => name === service)?.area === 'house' ? undefined : service
}

/**
 * The moderator who asks, in a browser or with a token.
 *
 * @throws Refusal `authentication-required`, `moderators-only`
 */
export function moderatorIn({ caller }: FastifyRequest, scope: 'moderation:read' | 'moderation:write'): Moderator {
  if (!caller) throw ownRefusals('authentication-required')
  if (!holds(caller, 'moderator') || !may(caller, scope)) throw ownRefusals('moderators-only')
  return { id: caller.id, name: caller.name }
}

function toldQueued({ service, content, category, urgency, reports, isAppealed, since, seen }: QueuedContent): object {
  return {
    service,
    id: content,
    category,
    urgency,
    reports,
    appealed: isAppealed,
    since: since.toString(),
    ...(seen && toldSeen(seen)),
  }
}

function toldSeen({ address, title, state, madeAt, preview, author }: ModeratedContent): object {
  return {
    url: address,
    title,
    state: state,
    madeAt: madeAt.toString(),
    author,
    preview: toldPreview(preview),
  }
}

/** `kind` says what it mostly is; pictures are counted, and looked at on the desk's pages. */
function toldPreview({ url, text, pictures = [] }: Preview): object {
  const kind = pictures.length > 0 ? 'picture' : text !== undefined ? 'text' : url !== undefined ? 'address' : 'none'
  return { kind, url, text, ...(pictures.length > 0 && { type: 'image/webp', pictures: pictures.length }) }
}

function toldCase(found: Case): object {
  const { history, isOpen, authorName, sameAuthor, hasEvidence, seen } = found
  return {
    ...toldQueued(found),
    open: isOpen,
    authorName: authorName ?? null,
    facts: seen?.facts.map(({ label, value }) => ({ label: label.en, value: value.en })) ?? [],
    hash: seen?.hash?.toString('hex') ?? null,
    history: {
      reports: history.reports.map(({ at, settledAt, ...report }) => ({
        ...report,
        at: at.toString(),
        settledAt: settledAt?.toString() ?? null,
      })),
      decisions: history.decisions.map(toldDecision),
    },
    sameAuthor: { ids: sameAuthor.contents, guessed: sameAuthor.isGuessed },
    evidence: hasEvidence,
  }
}

function toldDecision({ at, undoneAt, ...decision }: Decision): object {
  return { ...decision, at: at.toString(), undoneAt: undoneAt?.toString() ?? null }
}

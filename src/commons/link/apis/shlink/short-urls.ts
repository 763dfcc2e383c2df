import { Type } from 'typebox'
import type { App } from '../../../../platform/http/app.ts'
import { Refusal } from '../../../../platform/refusals.ts'
import type { LinkContext } from '../../context.ts'
import { readTags, type ChangeLink, type CreateLink } from '../../links.ts'
import type { Search } from '../../link-list.ts'
import { hasScheme } from '../../targets.ts'
import { listOf, Listed } from './lists.ts'
import { readMoment } from './moments.ts'
import { paged, partOf, PAGE } from './paging.ts'
import { invalidData, shortUrlNotFound, slugTaken } from './problems.ts'
import { OPEN, PUBLISHED, VERSIONS } from './scope.ts'
import { ShortUrl, toShortUrl } from './short-url.ts'

/** Default links of a page. */
const USUAL = 10

const maybe = <Schema extends Type.TSchema>(schema: Schema) => Type.Optional(Type.Union([schema, Type.Null()]))

/** The fields of a new or changed link. */
const DETAILS = {
  tags: maybe(Type.Array(Type.String())),
  title: maybe(Type.String()),
  validSince: maybe(Type.String()),
  validUntil: maybe(Type.String()),
  maxVisits: maybe(Type.Integer({ minimum: 1 })),
  crawlable: maybe(Type.Boolean()),
  forwardQuery: maybe(Type.Boolean()),
}

const Creation = Type.Object({
  longUrl: Type.String(),
  customSlug: maybe(Type.String()),
  shortCodeLength: maybe(Type.Integer({ minimum: 4, maximum: 32 })),
  findIfExists: maybe(Type.Boolean()),
  domain: maybe(Type.String()),
  ...DETAILS,
})
type Creation = Type.Static<typeof Creation>

const Edition = Type.Object({ longUrl: maybe(Type.String()), ...DETAILS })
type Edition = Type.Static<typeof Edition>

const Item = Type.Object({ shortCode: Type.String() })
const OfDomain = Type.Object({ domain: Type.Optional(Type.String()) })

const FIELDS = {
  dateCreated: 'made',
  shortCode: 'slug',
  longUrl: 'url',
  title: 'title',
  visits: 'visits',
  nonBotVisits: 'people',
} as const

const Query = Type.Object({
  ...PAGE,
  searchTerm: Type.Optional(Type.String()),
  'tags[]': Listed,
  tagsMode: Type.Optional(Type.Union([Type.Literal('any'), Type.Literal('all')])),
  orderBy: Type.Optional(Type.String({ pattern: `^(${Object.keys(FIELDS).join('|')})(-(ASC|DESC))?$` })),
  startDate: Type.Optional(Type.String()),
  endDate: Type.Optional(Type.String()),
  excludeMaxVisitsReached: Type.Optional(
    Type.String({ description: '`true` leaves out links that were visited as often as they could.' }),
  ),
  excludePastValidUntil: Type.Optional(Type.String({ description: '`true` leaves out links that are over.' })),
  domain: Type.Optional(Type.String()),
})
type Query = Type.Static<typeof Query>

/** The routes of an account's links: list, create, show, change, delete. */
export function shortUrlRoutes(api: App, context: LinkContext): void {
  const { links, linkList, timeZone } = context

  /** Returns the current state of a link of the account. */
  async function shown(slug: string): Promise<ShortUrl> {
    const link = await linkList.one(slug)
    if (!link) throw shortUrlNotFound(slug)
    return toShortUrl(link, context)
  }

  async function owned(holder: string, shortCode: string, domain: string | undefined) {
    refuseOtherDomains(domain, shortCode, context)
    try {
      return await links.ownedBy(holder, shortCode)
    } catch (error) {
      throw error instanceof Refusal ? shortUrlNotFound(shortCode) : error
    }
  }

  for (const version of VERSIONS) {
    const config = version === 'v3' ? PUBLISHED : OPEN

    api.get(
      `/rest/${version}/short-urls`,
      { config, schema: { description: 'Links.', querystring: Query } },
      async ({ keyHolder, query }, reply) => {
        const part = partOf(query, USUAL)
        const search = { ...readSearch(query, timeZone), ...part }
        const found = isOurs(query.domain, context)
          ? await linkList.ofOwner(keyHolder.id, search)
          : { links: [], total: 0 }
        return reply.send({ shortUrls: paged(found.links.map((link) => toShortUrl(link, context)), part, found.total) }) // prettier-ignore
      },
    )

    api.get(
      `/rest/${version}/short-urls/:shortCode`,
      { config, schema: { description: 'A link.', params: Item, querystring: OfDomain, response: { 200: ShortUrl } } },
      async ({ keyHolder, params, query }) => shown((await owned(keyHolder.id, params.shortCode, query.domain)).slug),
    )
  }

  api.post(
    '/rest/v3/short-urls',
    { config: PUBLISHED, schema: { description: 'Makes a link.', body: Creation, response: { 200: ShortUrl } } },
    async ({ keyHolder, body, from }) => {
      if (!isOurs(body.domain ?? undefined, context)) throw invalidData(['domain'])
      const wanted = readWish(body, timeZone)
      try {
        const known =
          body.findIfExists && isPlain(wanted)
            ? await links.findByTarget(wanted.url, keyHolder.id, wanted.slug)
            : undefined
        return await shown((known ?? (await links.shorten(wanted, { kind: 'holder', id: keyHolder.id, from }))).slug)
      } catch (error) {
        if (error instanceof Refusal && (error.type === 'link/slug-taken' || error.type === 'link/slug-reserved'))
          throw slugTaken(wanted.slug ?? '')
        throw error
      }
    },
  )

  api.patch(
    '/rest/v3/short-urls/:shortCode',
    {
      config: PUBLISHED,
      schema: {
        description: 'Changes a link; null takes away.',
        params: Item,
        querystring: OfDomain,
        body: Edition,
        response: { 200: ShortUrl },
      },
    },
    async ({ keyHolder, params, query, body, from }) => {
      const link = await owned(keyHolder.id, params.shortCode, query.domain)
      await links.change(link, readChange(body, timeZone), { from, account: keyHolder.id })
      return shown(link.slug)
    },
  )

  api.delete(
    '/rest/v3/short-urls/:shortCode',
    {
      config: PUBLISHED,
      schema: { description: 'Deletes a link; its slug is never given again.', params: Item, querystring: OfDomain },
    },
    async ({ keyHolder, params, query, from }, reply) => {
      await links.delete(await owned(keyHolder.id, params.shortCode, query.domain), { from, account: keyHolder.id })
      return reply.code(204).send()
    },
  )
}

/**
 * Refuses any other domain than the only one.
 *
 * @throws ShlinkProblem `short-url-not-found` for another domain
 */
export function refuseOtherDomains(domain: string | undefined, shortCode: string, context: LinkContext): void {
  if (!isOurs(domain, context)) throw shortUrlNotFound(shortCode, domain)
}

function isOurs(domain: string | undefined, { addresses }: LinkContext): boolean {
  return !domain || domain === 'DEFAULT' || addresses.named(domain) === 'link'
}

/** Whether a link has no condition, so that any link to the same address can replace it. */
function isPlain({ validFrom, validUntil, maxVisits }: CreateLink): boolean {
  return !validFrom && !validUntil && !maxVisits
}

function readWish(body: Creation, timeZone: string): CreateLink {
  return {
    url: readLongUrl(body.longUrl),
    slug: body.customSlug?.trim() || undefined,
    slugLength: body.shortCodeLength ?? undefined,
    title: body.title ?? undefined,
    tags: body.tags ?? undefined,
    validFrom: readMaybe(body.validSince, 'validSince', timeZone) ?? undefined,
    validUntil: readMaybe(body.validUntil, 'validUntil', timeZone) ?? undefined,
    maxVisits: body.maxVisits ?? undefined,
    isCrawlable: body.crawlable ?? undefined,
    // By default Shlink forwards the visitor's query.
    forwardsQuery: body.forwardQuery ?? true,
    source: 'shlink',
  }
}

function readChange(body: Edition, timeZone: string): ChangeLink {
  return {
    url: body.longUrl == null ? undefined : readLongUrl(body.longUrl),
    title: body.title,
    tags: body.tags ?? undefined,
    validFrom: readMaybe(body.validSince, 'validSince', timeZone),
    validUntil: readMaybe(body.validUntil, 'validUntil', timeZone),
    maxVisits: body.maxVisits,
    isCrawlable: body.crawlable ?? undefined,
    forwardsQuery: body.forwardQuery ?? undefined,
  }
}

/** @throws ShlinkProblem `invalid-data` without a scheme */
function readLongUrl(longUrl: string): string {
  if (!hasScheme(longUrl)) throw invalidData(['longUrl'])
  return longUrl
}

function readMaybe(
  text: string | null | undefined,
  element: string,
  timeZone: string,
): Temporal.Instant | null | undefined {
  return text == null ? text : readMoment(text, element, timeZone)
}

function readSearch(query: Query, timeZone: string): Omit<Search, 'limit' | 'offset'> {
  return {
    text: query.searchTerm,
    tags: readTags(listOf(query['tags[]'])),
    tagsMode: query.tagsMode,
    from: readMaybe(query.startDate, 'startDate', timeZone) ?? undefined,
    until: readMaybe(query.endDate, 'endDate', timeZone) ?? undefined,
    withoutExhausted: query.excludeMaxVisitsReached === 'true',
    withoutPast: query.excludePastValidUntil === 'true',
    order: query.orderBy === undefined ? undefined : readOrder(query.orderBy),
  }
}

/** `visits-DESC` */
function readOrder(orderBy: string): Search['order'] {
  const [field, direction] = orderBy.split('-')
  const [, by = 'made'] = Object.entries(FIELDS).find(([name]) => name === field) ?? []
  return { by, descending: direction === 'DESC' }
}

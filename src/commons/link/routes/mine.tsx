import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { App } from '../../../platform/http/app.ts'
import { readFileForm } from '../../../platform/http/file-form.ts'
import { hostCookie } from '../../../platform/http/cookies.ts'
import { asksJson } from '../apis/lstu/asked-json.ts'
import { sendList } from '../apis/lstu/reading.ts'
import { slugIn } from '../slugs.ts'
import { LIST_COOKIE, LSTU_COOKIE } from '../browser-list.ts'
import type { LinkContext } from '../context.ts'
import { writeBrowserLinks, browserLinks } from '../browser-links.ts'
import { Mine } from '../pages/mine.tsx'
import { refuse } from '../refusals.ts'
import type { ListedPublicLink } from '../link-list.ts'

/** A list exported from here or from Lstu: only the end of each short address is used. */
const TakenList = Type.Array(Type.Object({ short: Type.String({ maxLength: 2000 }) }), { maxItems: 5000 })

/** The most bytes of an added list: some thousand links. */
const LARGEST_LIST = 200 * 1024

/** The most links of an account in its list; the APIs page through more. */
const MOST = 1000

/** The list of links of a browser and its signed-in account: shown, exported, added to, forgotten. */
export function mineRoutes(app: App, context: LinkContext): void {
  const { linkList } = context
  const held = async ({ session }: FastifyRequest) =>
    session ? (await linkList.ofOwner(session.caller.id, { limit: MOST, offset: 0 })).links : []
  /** The links of the account, then the others of the browser. */
  const mine = async (request: FastifyRequest): Promise<ListedPublicLink[]> => {
    const own = await held(request)
    const others = await linkList.ofBrowser(browserLinks(request, context))
    return [...own, ...others.filter(({ slug }) => !own.some((link) => link.slug === slug))]
  }

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    more: { search?: string; loaded?: number | undefined } = {},
  ) =>
    reply.page(
      <Mine
        links={await mine(request)}
        held={(await held(request)).map(({ slug }) => slug)}
        search={more.search ?? ''}
        loaded={more.loaded}
      />,
    )

  app.get(
    '/stats',
    {
      schema: {
        querystring: Type.Object({
          q: Type.Optional(Type.String({ maxLength: 200 })),
          format: Type.Optional(Type.String({ maxLength: 20 })),
          loaded: Type.Optional(Type.Integer()),
        }),
      },
    },
    async (request, reply) => {
      if (asksJson(request)) return sendList(request, reply, context)
      const { q = '', format, loaded } = request.query
      reply.header('cache-control', 'no-store')
      if (format === 'csv')
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="bagad-links.csv"')
          .send(toCsv(await mine(request), context))
      return show(request, reply, { search: q, loaded })
    },
  )

  app.get('/cookie', async (request, reply) => {
    const list = (await mine(request)).map(({ slug, url, clicks, createdAt }) => ({
      short: context.addresses.of('link', `/${slug}`),
      url,
      counter: clicks,
      created_at: Math.floor(createdAt.epochMilliseconds / 1000),
    }))
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', 'attachment; filename="lstu_export.json"')
      .send(list)
  })

  app.post('/cookie', async (request, reply) => {
    const before = browserLinks(request, context)
    const work = async () => {
      const form = await readFileForm(request, { largest: LARGEST_LIST })
      const taken = readTaken(form.file('file').toString())
      const known = await linkList.ofBrowser(taken.slice(0, 500).map((slug) => ({ slug, isOwn: false })))
      const added = known.filter((one) => !before.some(({ slug }) => slug === one.slug))
      writeBrowserLinks(reply, context, [...before, ...added.map(({ slug }) => ({ slug, isOwn: false }))])
      return `/stats?loaded=${added.length}`
    }
    return reply.form(work, () => show(request, reply))
  })

  app.post('/stats/forgetting', async (_, reply) => {
    reply.header('set-cookie', [
      hostCookie(LIST_COOKIE, '', 0),
      `${LSTU_COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax`,
    ])
    return reply.redirect('/stats', 303)
  })
}

/**
 * Reads the slugs of a list, as JSON or as a table.
 *
 * @throws Refusal `unreadable-list`
 */
function readTaken(text: string): string[] {
  const isTable = !/^\s*[[{]/.test(text)
  let list: unknown
  try {
    list = isTable
      ? parse(text, { bom: true, columns: true, delimiter: [',', ';'], relax_column_count: true })
      : JSON.parse(text)
  } catch {
    throw refuse('unreadable-list')
  }
  // Any other text is a table without rows.
  if (!Value.Check(TakenList, list) || (isTable && list.length === 0)) throw refuse('unreadable-list')
  return list
    .flatMap(({ short }) => (URL.canParse(short) ? [slugIn(short)] : []))
    .filter((slug) => slug !== '' && !slug.includes('/'))
}

/** Writes a table for spreadsheets: quoted, and without formula injection. */
function toCsv(links: ListedPublicLink[], { addresses }: LinkContext): string {
  const rows = links.map(({ slug, url, title, tags, clicks, createdAt, state, health }) => [
    addresses.of('link', `/${slug}`), url ?? '', title ?? '', tags.join(' '), clicks ?? '', createdAt.toString(), state, health,
  ]) // prettier-ignore
  return stringify(rows, {
    header: true,
    columns: ['short', 'url', 'title', 'tags', 'visits', 'made', 'state', 'health'],
    escape_formulas: true,
    bom: true,
  })
}

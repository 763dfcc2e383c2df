import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { TRAP } from '../../../platform/pages/trap.tsx'
import type { LinkState } from '../tables.ts'
import { readLastDay } from '../days.ts'
import type { LinkContext } from '../context.ts'
import { addBrowserLink } from '../browser-links.ts'
import type { NewLink, CreateLink } from '../links.ts'
import { Home } from '../pages/home.tsx'
import type { Creator } from '../admission-policy.ts'
import { readSlug } from '../slugs.ts'
import { LONGEST_TARGET } from '../targets.ts'

/** The form; too long values are refused beside their field. */
const Form = Type.Object({
  url: Type.Optional(Type.String()),
  slug: Type.Optional(Type.String()),
  validUntil: Type.Optional(Type.String({ maxLength: 40 })),
  password: Type.Optional(Type.String({ maxLength: 1000 })),
  proof: Type.Optional(Type.String({ maxLength: 5000 })),
  [TRAP]: Type.Optional(Type.String({ maxLength: 1000 })),
})
type Form = Type.Static<typeof Form>

/** The parameters of a home screen or bookmark. */
const Given = Type.Object({
  url: Type.Optional(Type.String({ maxLength: LONGEST_TARGET * 2 })),
  text: Type.Optional(Type.String({ maxLength: LONGEST_TARGET * 2 })),
})

/** The form that creates a link, for people and for the page's script. */
export function shortenRoutes(app: App, context: LinkContext): void {
  const { links } = context

  app.get('/', { schema: { querystring: Given } }, async (request, reply) => {
    const { url, text = '' } = request.query
    return reply.page(<Home url={url ?? /https?:\/\/\S+/.exec(text)?.[0]} />)
  })

  app.post('/', { schema: { body: Form } }, async (request, reply) => {
    const work = async () => {
      const link = await links.shorten(createLinkOf(request.body, context), creatorOf(request.body, request))
      addBrowserLink(request, reply, context, link.slug)
      return `/modifier/${link.secret}?done=made`
    }
    return reply.form(work, () => reply.page(<Home />))
  })

  app.post('/api/v1/links', { schema: { body: Form } }, async (request, reply) => {
    const link = await links.shorten(createLinkOf(request.body, context), creatorOf(request.body, request))
    addBrowserLink(request, reply, context, link.slug)
    const made = madeLink(link, context)
    return reply.code(201).header('location', made.short).send(made)
  })

  app.get(
    '/api/v1/links/free',
    { schema: { querystring: Type.Object({ slug: Type.String() }) } },
    async (request, reply) => {
      const slug = readSlug(request.query.slug)
      const isFree = await links.isFree(slug)
      return reply
        .header('cache-control', 'no-store')
        .send({ slug, isFree, others: isFree ? [] : await links.freeLike(slug) })
    },
  )

  app.get('/manifest.webmanifest', async (request, reply) =>
    reply.type('application/manifest+json').send(manifest(context, request.reader.language)),
  )
}

function createLinkOf({ url = '', slug, validUntil, password }: Form, { timeZone }: LinkContext): CreateLink {
  return { url, slug, validUntil: readLastDay(validUntil, timeZone), password: password || undefined }
}

function creatorOf({ proof, [TRAP]: trap }: Form, { session, from }: FastifyRequest): Creator {
  if (session) return { kind: 'holder', id: session.caller.id, from }
  return { kind: 'stranger', from, proof: trap ? undefined : proof }
}

/** A new link as the page's script gets it; `manage` is sent only here. */
interface Made {
  slug: string
  short: string
  url: string
  manage: string
  state: LinkState
  isHeld: boolean
  isHeldBack: boolean
  isYoung: boolean
}

function madeLink(link: NewLink, { addresses }: LinkContext): Made {
  return {
    slug: link.slug,
    short: addresses.of('link', `/${link.slug}`),
    url: link.url,
    manage: addresses.of('link', `/modifier/${link.secret}`),
    state: link.state,
    isHeld: link.state === 'held',
    isHeldBack: link.isHeldBack,
    isYoung: link.warnsUntil !== null,
  }
}

/**
 * The web app manifest: a phone can install the form, and share addresses to it (Web App Manifest, Web Share Target).
 */
function manifest({ addresses, about }: LinkContext, language: 'fr' | 'en'): object {
  return {
    name: about.name[language],
    short_name: about.name[language],
    description: about.promise[language],
    lang: language,
    start_url: '/',
    scope: '/',
    display: 'minimal-ui',
    background_color: '#fbf9f5',
    theme_color: '#fbf9f5',
    icons: [{ src: addresses.of('static', '/favicon.svg'), sizes: 'any', type: 'image/svg+xml' }],
    share_target: { action: '/', method: 'GET', params: { title: 'title', text: 'text', url: 'url' } },
  }
}

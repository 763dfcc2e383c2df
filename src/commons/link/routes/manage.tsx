import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { Notice } from '../../../platform/pages/notice.tsx'
import { readFields } from '../../../platform/refusals.ts'
import { readLine } from '../../../platform/text/read.ts'
import { readFirstDay, readLastDay } from '../days.ts'
import type { LinkContext } from '../context.ts'
import type { Actor, ChangeLink } from '../links.ts'
import type { Link } from '../link.ts'
import { slugOfOwnPath } from '../own-path.ts'
import { Manage } from '../pages/manage.tsx'
import { refuse } from '../refusals.ts'
import { TITLE } from '../titles.ts'
import { words } from '../words.ts'

const Secret = Type.Object({ secret: Type.String({ maxLength: 100 }) })

const Form = Type.Object({
  url: Type.Optional(Type.String()),
  title: Type.Optional(Type.String({ maxLength: 5000 })),
  tags: Type.Optional(Type.String({ maxLength: 4000 })),
  validFrom: Type.Optional(Type.String({ maxLength: 40 })),
  validUntil: Type.Optional(Type.String({ maxLength: 40 })),
  maxVisits: Type.Optional(Type.String({ maxLength: 40 })),
  password: Type.Optional(Type.String({ maxLength: 1000 })),
  dropPassword: Type.Optional(Type.String({ maxLength: 10 })),
  forwardsQuery: Type.Optional(Type.String({ maxLength: 10 })),
  isCountPublic: Type.Optional(Type.String({ maxLength: 10 })),
})

/** The management pages: the secret in their address is what allows to change the link. */
export function manageRoutes(app: App, { links, linkList, timeZone }: LinkContext): void {
  /** Returns the link by the secret in the address, or by its slug when the signed-in account owns it. */
  async function open({ session, params: { secret } }: FastifyRequest<{ Params: { secret: string } }>): Promise<Link> {
    const slug = slugOfOwnPath(secret)
    if (slug === undefined) return links.openWith(secret)
    if (!session) throw refuse('not-yours')
    return links.ownedBy(session.caller.id, slug)
  }

  async function show(reply: FastifyReply, secret: string, link: Link, done?: 'made' | 'kept'): Promise<FastifyReply> {
    const [days, history, tags] = await Promise.all([
      linkList.days(link.id),
      linkList.history(link.id),
      linkList.tagsOf(link.id),
    ])
    return secretly(reply).page(
      <Manage link={link} secret={secret} tags={tags} days={days} history={history} done={done} />,
    )
  }

  app.get(
    '/modifier/:secret',
    {
      schema: {
        params: Secret,
        querystring: Type.Object({ done: Type.Optional(Type.Union([Type.Literal('made'), Type.Literal('kept')])) }),
      },
    },
    async (request, reply) => {
      const { secret } = request.params
      return show(reply, secret, await open(request), request.query.done)
    },
  )

  app.post('/modifier/:secret', { schema: { params: Secret, body: Form } }, async (request, reply) => {
    const { secret } = request.params
    const link = await open(request)
    const work = async () => {
      await links.change(link, readChange(request.body, timeZone), authorOf(request))
      return `/modifier/${secret}?done=kept`
    }
    return secretly(reply).form(work, () => show(reply, secret, link))
  })

  app.post(
    '/modifier/:secret/switch',
    { schema: { params: Secret, body: Type.Object({ to: Type.Union([Type.Literal('on'), Type.Literal('off')]) }) } },
    async (request, reply) => {
      const { secret } = request.params
      await links.setEnabled(await open(request), request.body.to === 'on', authorOf(request))
      return secretly(reply).redirect(`/modifier/${secret}?done=kept`, 303)
    },
  )

  app.post('/modifier/:secret/deletion', { schema: { params: Secret } }, async (request, reply) => {
    const link = await open(request)
    await links.delete(link, authorOf(request))
    const say = request.reader.say(words)
    return secretly(reply).page(
      <Notice title={say('manage.deleted')} text={say('manage.deleted-text', { slug: link.slug })}>
        <p>
          <a class="button" href="/">
            {say('home.title')}
          </a>
        </p>
      </Notice>,
    )
  })
}

/** The address is secret: it must reach neither a referrer nor a cache. */
function secretly(reply: FastifyReply): FastifyReply {
  return reply.header('referrer-policy', 'no-referrer').header('cache-control', 'no-store')
}

/** Reads every field of the form; an empty field clears its value. */
function readChange(form: Type.Static<typeof Form>, timeZone: string): ChangeLink {
  const read = readFields({
    title: () => readLine(form.title ?? '', TITLE),
    validFrom: () => readFirstDay(form.validFrom, timeZone) ?? null,
    validUntil: () => readLastDay(form.validUntil, timeZone) ?? null,
    maxVisits: () => readCount(form.maxVisits),
  })
  return {
    ...read,
    url: form.url,
    tags: (form.tags ?? '').split(','),
    password: form.dropPassword ? null : form.password || undefined,
    forwardsQuery: form.forwardsQuery !== undefined,
    isCountPublic: form.isCountPublic !== undefined,
  }
}

function readCount(text: string | undefined): number | null {
  const bare = (text ?? '').replaceAll(/\s/g, '')
  if (bare === '') return null
  if (!/^\d{1,15}$/.test(bare)) throw refuse('visit-limit-invalid')
  return Number(bare)
}

/** Returns the actor of a change: the bearer of the secret, with the account when signed in. */
function authorOf({ from, session }: FastifyRequest): Actor {
  return { from, account: session?.caller.id }
}

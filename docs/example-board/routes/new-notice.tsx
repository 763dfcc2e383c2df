import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { App } from '../../../src/platform/http/app.ts'
import { requireCaller, signInFirst } from '../../../src/platform/http/caller.ts'
import { readFileForm } from '../../../src/platform/http/file-form.ts'
import { LARGEST_FILE } from '../../../src/platform/images/redraw.ts'
import type { BoardContext } from '../context.ts'
import { NewNotice } from '../pages/new-notice.tsx'

const Form = Type.Object({ title: Type.Optional(Type.String()), text: Type.Optional(Type.String()) })

/** The form that puts up a notice, for people with an account. */
export function newNoticeRoutes(app: App, { notices, addresses }: BoardContext): void {
  const preHandler = signInFirst(addresses)

  app.get('/new', { preHandler }, async (_, reply) => reply.page(<NewNotice />))

  app.post('/new', { preHandler }, async (request, reply) => {
    const { id: account } = requireCaller(request.caller, 'board:write')
    const work = async () => {
      const form = await readFileForm(request, { largest: LARGEST_FILE })
      const { title = '', text = '' } = Value.Parse(Form, request.body)
      const notice = await notices.add(
        { title, text, picture: form.optionalFile('picture') },
        { account, from: request.from },
      )
      return `/notices/${notice.id}`
    }
    return reply.form(work, () => reply.page(<NewNotice />))
  })
}

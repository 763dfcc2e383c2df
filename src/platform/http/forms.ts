import type { FastifyReply } from 'fastify'
import { refusedForm, type RefusedForm } from '../pages/refused-form.ts'
import type { Refusal } from '../refusals.ts'
import type { App } from './app.ts'
import { refusalOf } from './refusal-of.ts'
import { TOKEN_FIELD } from './token-names.ts'

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Answers a form. A refusal shows it again, with what was written in it (passwords and codes apart), the refusal's
     * status and its `Retry-After`; the page's form of this address shows it by itself.
     *
     * @param work does what the form asks, and gives the address to go on to (303), or the answer itself
     * @param again sends the page with the form
     * @param action the form's address on that page, when it was sent to another one
     *
     * @example
     * return reply.form(
     *   async () => {
     *     await rings.change(id, readRing(request.body))
     *     return '/rings?done=kept'
     *   },
     *   async () => reply.page(<Ring ring={await rings.get(id)} />),
     * )
     */
    form(
      work: () => Promise<string | FastifyReply>,
      again: () => Promise<FastifyReply>,
      action?: string,
    ): Promise<FastifyReply>
    /** What the page that is being sent shows again. */
    refused: RefusedAnswer | undefined
  }
}

/** A refused form on its way to its page. */
export interface RefusedAnswer {
  /** Address of the form. */
  action: string
  form: RefusedForm
  refusal: Refusal
  /** Whether a form of the page has shown it. */
  isShown: boolean
}

/** The page's token, which a form with files carries behind its address. */
const TOKEN = new RegExp(`[?&]${TOKEN_FIELD}=.*$`, 's')

/** Gives every answer of a host the way to answer a form. */
export function answerForms(app: App): void {
  app.decorateReply('refused')
  app.decorateReply('form', async function (this: FastifyReply, work, again, action = actionOf(this)) {
    try {
      const done = await work()
      return typeof done === 'string' ? await this.redirect(done, 303) : done
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal || hasNoForm(refusal)) throw error
      if (refusal.retryAfter) this.header('retry-after', String(refusal.retryAfter))
      const form = refusedForm(refusal, this.request.reader.language, this.request.body)
      this.refused = { action, form, refusal, isShown: false }
      try {
        return await again()
      } finally {
        this.refused = undefined
      }
    }
  })
}

/** What the form is about is not there, not any more, or not to be seen: there is nothing to show again. */
function hasNoForm({ status, fields }: Refusal): boolean {
  return fields.size === 0 && [404, 410, 451].includes(status)
}

function actionOf({ request }: FastifyReply): string {
  return request.url.replace(TOKEN, '')
}

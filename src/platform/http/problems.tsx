import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { words } from '../language/own-words.ts'
import { Notice } from '../pages/notice.tsx'
import { AppealLink } from '../pages/report-link.tsx'
import type { Platform } from '../platform.ts'
import { challengesOf } from './caller.ts'
import { refusalOf } from './refusal-of.ts'

/** What people and programs are told when something cannot be done (RFC 9457 for programs). */
interface Problem {
  status: number
  title: string
  detail: string
  /** Address of the page that explains this kind of problem; `about:blank` when the status says it all. */
  type: string
  /** Field of the form that it is about. */
  field?: string | undefined
  /** Everything that is wrong, when it is more than one field. */
  errors?: { field: string; title: string; detail: string; type: string }[]
  /** A word that programs look for. */
  error?: string | undefined
  /** Seconds until another try makes sense. */
  retryAfter?: number | undefined
  /** Number under which our log has the rest, when the fault is ours. */
  reference?: string
  /** Whether its author can object. */
  isAppealable?: boolean
}

/**
 * Shows what was thrown: a refusal in its words, a request that could not be read, or a fault of ours with its
 * reference.
 */
export async function showProblem(
  platform: Platform,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const problem = problemOf(platform, error, request)
  if (problem.reference)
    request.log.error({ err: error, reference: problem.reference, route: request.routeOptions.url }, 'a request failed')
  return show(problem, request, reply)
}

/** A page of another site made a browser write here, without its user's intent. */
export async function showForeign(
  platform: Platform,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  return show(ownProblem(platform, 'foreign', 403, request), request, reply)
}

export async function showNotFound(
  platform: Platform,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  return show(ownProblem(platform, 'not-found', 404, request), request, reply)
}

/** For an address that cannot be read. */
export async function showUnreadable(
  platform: Platform,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  return show(ownProblem(platform, 'bad-request', 400, request), request, reply)
}

/** The platform's own problems by status; each has its words in `locales` and its page on the portal. */
type OwnProblem = 'not-found' | 'foreign' | 'bad-request' | 'too-large' | 'too-slow' | 'our-fault'

function ownProblem(platform: Platform, name: OwnProblem, status: number, request: FastifyRequest): Problem {
  const say = request.reader.say(words)
  return {
    status,
    title: say(`problems.${name}.title`),
    detail: say(`problems.${name}.detail`),
    type: platform.addresses.portal(`/problems/platform/${name}`),
  }
}

function problemOf(platform: Platform, error: unknown, request: FastifyRequest): Problem {
  const refusal = refusalOf(error)
  if (refusal) {
    const { status, type, field, fields, error: word, retryAfter, isAppealable } = refusal
    const { language } = request.reader
    const addressOf = (kind: string) => platform.addresses.portal(`/problems/${kind}`)
    return {
      status,
      ...refusal.in(language),
      type: addressOf(type),
      field,
      ...(fields.size > 1 && {
        errors: [...fields].map(([name, one]) => ({ field: name, ...one.in(language), type: addressOf(one.type) })),
      }),
      error: word,
      retryAfter,
      isAppealable,
    }
  }
  const { statusCode = 500 } = isFastifyError(error) ? error : {}
  if (statusCode === 408) return ownProblem(platform, 'too-slow', 408, request)
  if (statusCode === 413) return ownProblem(platform, 'too-large', 413, request)
  if (statusCode >= 400 && statusCode < 500) return ownProblem(platform, 'bad-request', statusCode, request)
  return { ...ownProblem(platform, 'our-fault', 500, request), reference: request.id }
}

function isFastifyError(error: unknown): error is Partial<Pick<FastifyError, 'statusCode'>> {
  return error instanceof Error
}

async function show(problem: Problem, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (problem.retryAfter) reply.header('retry-after', String(problem.retryAfter))
  const isInvalid = problem.type.endsWith('/problems/platform/invalid-token')
  if (isInvalid || problem.type.endsWith('/problems/platform/authentication-required'))
    reply.header('www-authenticate', challengesOf(request, isInvalid))
  reply.header('cache-control', 'no-store')
  if (!wantsPage(request))
    return reply
      .code(problem.status)
      .type('application/problem+json')
      .send(Buffer.from(JSON.stringify({ ...problem, retryAfter: undefined, isAppealable: undefined })))
  return reply.page(
    <Notice title={problem.title} text={problem.detail} reference={problem.reference}>
      {problem.isAppealable ? <AppealLink /> : undefined}
    </Notice>,
    problem.status,
  )
}

/** People's browsers ask for HTML; programs do not, and `/api/` is for programs alone. */
function wantsPage(request: FastifyRequest): boolean {
  return !request.url.startsWith('/api/') && (request.headers.accept ?? '').includes('text/html')
}

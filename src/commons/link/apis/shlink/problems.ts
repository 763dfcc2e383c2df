import { Refusal } from '../../../../platform/refusals.ts'

/** Shlink's page about each kind of problem: clients compare the whole address. */
const TYPE = 'https://shlink.io/api/error/'

/** A problem in Shlink's format (RFC 9457), with further fields. */
export class ShlinkProblem extends Error {
  override name = 'ShlinkProblem'
  readonly status: number
  readonly body: object
  /** Seconds before another attempt. */
  readonly retryAfter: number | undefined

  constructor(
    status: number,
    code: string,
    title: string,
    detail: string,
    more: { retryAfter?: number | undefined } & Record<string, unknown> = {},
  ) {
    super(detail)
    const { retryAfter, ...fields } = more
    this.status = status
    this.body = { type: TYPE + code, title, detail, status, ...fields }
    this.retryAfter = retryAfter
  }
}

export function missingKey(): ShlinkProblem {
  const detail = 'Expected one of the following authentication headers, ["X-Api-Key"], but none were provided'
  return new ShlinkProblem(401, 'missing-authentication', 'Invalid authorization', detail, {
    expectedHeaders: ['X-Api-Key'],
  })
}

/** @param invalidElements names of the invalid fields */
export function invalidData(invalidElements: string[], detail = 'Provided data is not valid'): ShlinkProblem {
  return new ShlinkProblem(400, 'invalid-data', 'Invalid data', detail, { invalidElements })
}

export function malformedBody(): ShlinkProblem {
  return new ShlinkProblem(
    400,
    'malformed-request-body',
    'Malformed request body',
    'Provided request does not contain a valid JSON body.',
  )
}

export function slugTaken(customSlug: string): ShlinkProblem {
  return new ShlinkProblem(
    400,
    'non-unique-slug',
    'Invalid custom slug',
    `Provided slug "${customSlug}" is already in use.`,
    { customSlug },
  )
}

/** @param domain another host in the request */
export function shortUrlNotFound(shortCode: string, domain?: string): ShlinkProblem {
  const detail = `No URL found with short code "${shortCode}"${domain === undefined ? '' : ` for domain "${domain}"`}`
  return new ShlinkProblem(404, 'short-url-not-found', 'Short URL not found', detail, {
    shortCode,
    ...(domain !== undefined && { domain }),
  })
}

export function tagNotFound(tag: string): ShlinkProblem {
  return new ShlinkProblem(404, 'tag-not-found', 'Tag not found', `Tag with name "${tag}" could not be found`, { tag })
}

export function tagConflict(oldName: string, newName: string): ShlinkProblem {
  const detail = `You cannot rename tag ${oldName} to ${newName}, because it already exists`
  return new ShlinkProblem(409, 'tag-conflict', 'Tag conflict', detail, { oldName, newName })
}

export function noMercure(): ShlinkProblem {
  const detail = 'This Shlink instance is not integrated with a mercure hub.'
  return new ShlinkProblem(501, 'mercure-not-configured', 'Mercure integration not configured', detail)
}

/** The fields of a short URL, by the form fields of our refusals. */
const ELEMENTS = new Map([
  ['url', 'longUrl'],
  ['slug', 'customSlug'],
  ['validUntil', 'validUntil'],
  ['maxVisits', 'maxVisits'],
])

/** Converts an error to a Shlink problem; undefined when there is no equivalent. */
export function problemOf(error: unknown): ShlinkProblem | undefined {
  if (error instanceof ShlinkProblem) return error
  if (error instanceof Refusal) return problemOfRefusal(error)
  if (!(error instanceof Error)) return undefined
  if ('validation' in error && Array.isArray(error.validation))
    return invalidData([...new Set(error.validation.flatMap(elementsOf))])
  return 'statusCode' in error && error.statusCode === 400 ? malformedBody() : undefined
}

function problemOfRefusal(refusal: Refusal): ShlinkProblem | undefined {
  const { type, field = '', retryAfter } = refusal
  const { title, detail } = refusal.in('en')
  if (type === 'platform/invalid-token')
    return new ShlinkProblem(
      401,
      'invalid-api-key',
      'Invalid API key',
      'Provided API key does not exist or is invalid.',
    )
  if (type === 'platform/insufficient-scope')
    return new ShlinkProblem(401, 'invalid-api-key', 'Invalid API key', `${title} ${detail}`)
  if (type === 'platform/too-many-invalid-tokens')
    return new ShlinkProblem(429, 'invalid-api-key', 'Invalid API key', `${title} ${detail}`, { retryAfter })
  const element = ELEMENTS.get(field)
  return element === undefined ? undefined : invalidData([element], `${title} ${detail}`)
}

/** Returns the field names of a schema error: `/tags/0` concerns `tags`. */
function elementsOf({
  instancePath = '',
  params,
}: {
  instancePath?: string
  params?: { requiredProperties?: string[] }
}): string[] {
  const [, first] = instancePath.split('/')
  return first ? [first] : (params?.requiredProperties ?? [])
}

/** Asks everything that hosts of an instance answer, with what no person means. */
import type { Answer, Asking, TestInstance } from './instance.ts'
import { BROWSER } from './instance.ts'

/** One request of a sweep, with its answer. */
export interface Swept {
  /** Name of what answers: a service, `static`, `unknown`. */
  host: string
  method: string
  /** The pattern that was asked for. */
  route: string
  path: string
  answer: Answer
}

/** Stands in headers and addresses for whatever must never come back as something of ours. */
export const EVIL = 'evil.example'

/** What is put in place of a parameter of a path. */
const VALUES = [
  'x',
  '%00',
  '..%2f..%2f..%2fetc%2fpasswd',
  '%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E',
  `%2f%2f${EVIL}`,
  "'%20or%20''%3D'",
  '%0d%0aset-cookie:%20a=b',
  '%F0%9F%92%A9'.repeat(30),
  '%',
  '%E0%A4%A',
]

const QUERIES = [
  '',
  `?lang=en&next=https://${EVIL}/&url=https%3A%2F%2F${EVIL}&q=%3Cscript%3Ealert(1)%3C%2Fscript%3E&id[]=1&__proto__=x`,
]

/** What a foreign page makes a browser send. */
const FOREIGN = { origin: `https://${EVIL}`, 'sec-fetch-site': 'cross-site' }

/** What a client may write that only a proxy has a right to. */
const HEADERS = {
  referer: `https://${EVIL}/page`,
  'x-forwarded-host': EVIL,
  'x-forwarded-proto': 'http',
  'x-forwarded-for': '198.51.100.66',
  forwarded: `host=${EVIL};proto=http`,
  'x-original-url': '/admin',
  'x-http-method-override': 'DELETE',
  cookie: '__Host-language=xx; __Host-bagad=forged; a=b',
}

/** What may follow a name to ask for another form of the thing. */
const FORMS = ['', '+', '.svg', '.png', '.json', '.html', '/']

/**
 * Paths of a pattern: one for each hostile value, and each form of the real values of the parameter when some are
 * known.
 */
function pathsOf(url: string, known: string[]): string[] {
  if (!/[:*]/.test(url)) return [url]
  return [...VALUES, ...known.flatMap((value) => FORMS.map((form) => encodeURIComponent(value) + form))].map((value) =>
    url.replaceAll(/:\w+(\([^)]*\))?\??|\*/g, value),
  )
}

/** The patterns of some hosts of an instance; `unknown` is a host that it does not know. */
function* everyRoute(
  it: TestInstance,
  hosts: readonly string[],
): Generator<{ host: string; method: string; route: string }> {
  for (const host of hosts) {
    if (host === 'unknown') {
      for (const route of ['/', '/health/live', '/nothing']) yield { host, method: 'GET', route }
      continue
    }
    for (const { method, url } of it.routes.get(host) ?? []) yield { host, method, route: url }
    yield { host, method: 'GET', route: '/nothing/is/here' }
  }
}

/** Names of parameters: `/problems/:service/:name` has `service` and `name`. */
const parametersOf = (route: string) => [...route.matchAll(/:(\w+)/g)].map(([, name = '']) => name)

/** What the database has under the name of a parameter, in the tables of that service: two values of each. */
async function knownValues(it: TestInstance, schema: string, route: string): Promise<string[]> {
  const { pool } = it.instance.platform.database
  const { rows: columns } = await pool.query<{ at: string; column: string }>(
    `select format('%I.%I', table_schema, table_name) as at, format('%I', column_name) as column from information_schema.columns
     where table_schema = $1 and column_name = any ($2)`,
    [schema, parametersOf(route)],
  )
  const found = await Promise.all(
    columns.map(({ at, column }) =>
      pool.query<{ value: string }>(
        `select distinct ${column}::text as value from ${at} where ${column} is not null limit 2`,
      ),
    ),
  )
  return found.flatMap(({ rows }) => rows.map(({ value }) => value))
}

function askHost(it: TestInstance, host: string, path: string, asking: Asking): Promise<Answer> {
  return host === 'unknown' ? it.ask('nobody', path, asking) : it.askService(host, path, asking)
}

/**
 * Asks for every route that is read, as a browser and as a program, plain and with a hostile query. `HEAD` is what
 * `GET` is, without its body: a few of its answers are enough.
 */
export async function sweepReads(it: TestInstance, hosts: readonly string[]): Promise<Swept[]> {
  const asked: Promise<Swept>[] = []
  for (const { host, method, route } of everyRoute(it, hosts)) {
    if (method !== 'GET' && method !== 'HEAD') continue
    const known = await knownValues(it, host, route)
    const few = method === 'HEAD' ? 2 : Infinity
    for (const path of pathsOf(route, known).slice(0, few))
      for (const query of QUERIES)
        for (const headers of [HEADERS, { ...HEADERS, ...FOREIGN, ...BROWSER }])
          asked.push(
            askHost(it, host, path + query, { method, headers }).then((answer) => ({
              host,
              method,
              route,
              path: path + query,
              answer,
            })),
          )
    await Promise.all(asked)
  }
  return Promise.all(asked)
}

/** Bodies that no route should stumble over. */
const BODIES: Asking[] = [
  {},
  { body: {} },
  { body: [] },
  { body: { url: { $ne: null }, __proto__: { admin: true } } },
  { body: { url: `https://${EVIL}/`, who: EVIL, name: EVIL, text: EVIL } },
  {
    body: new URLSearchParams({
      url: `https://${EVIL}/`,
      who: EVIL,
      next: `https://${EVIL}/`,
      text: '<script>alert(1)</script>',
    }),
  },
  { body: { url: 'https://www.brest.fr/\0', who: '\0', text: '\0' } },
  { body: new URLSearchParams({ url: '\0', who: '\0', text: '\0', email: 'a\0@example.org' }) },
  { body: '{', headers: { 'content-type': 'application/json' } },
  { body: 'x', headers: { 'content-type': 'multipart/form-data' } },
  { body: '--x', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
]

/**
 * Asks for every route that changes something, with hostile bodies: as a program, from a foreign page,
 * or from a page of ours with a session, but without the token that such a page has.
 *
 * @param cookieOf the session of a host
 */
export async function sweepWrites(
  it: TestInstance,
  hosts: readonly string[],
  from: 'program' | 'foreign' | { cookieOf: (host: string) => string | undefined },
): Promise<Swept[]> {
  const swept: Swept[] = []
  for (const { host, method, route } of everyRoute(it, hosts)) {
    if (method === 'GET' || method === 'HEAD') continue
    for (const path of pathsOf(route, []).slice(0, 4))
      for (const { body, headers } of BODIES)
        swept.push({
          host,
          method,
          route,
          path,
          answer: await askHost(it, host, path, {
            method,
            headers: {
              ...HEADERS,
              ...(from === 'foreign' && FOREIGN),
              ...(typeof from === 'object' && signedIn(from.cookieOf(host))),
              ...headers,
            },
            ...(body !== undefined && { body }),
          }),
        })
  }
  return swept
}

function signedIn(cookie: string | undefined): Record<string, string> {
  return { 'sec-fetch-site': 'same-origin', cookie: `__Host-bagad=${cookie ?? 'none'}` }
}

/** Every route that changes something, once. */
export function writesOf(
  it: TestInstance,
  hosts: readonly string[],
): { host: string; method: string; route: string }[] {
  return [...everyRoute(it, hosts)].filter(({ method }) => method !== 'GET' && method !== 'HEAD')
}

export const told = ({ host, method, path, answer }: Swept): string => `${method} ${host}${path} -> ${answer.status}`

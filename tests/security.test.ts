/**
 * The security baseline (the numbers are those of OWASP's ASVS 5.0, level 2), a line each, over every host and every
 * route that the running instance has: what is added tomorrow is held to it without a line here.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bell } from '../docs/example-service/service.ts'
import { services } from '../src/services.ts'
import { openTestInstance, testConfig, type TestInstance } from './instance.ts'
import { PASSWORD, personIn, TestBrowser } from './people.ts'
import { importsOf, isNode, nodesOf, ownImports, sources, textOf, type SourceNode } from './sources.ts'
import { EVIL, sweepReads, sweepWrites, told, writesOf, type Swept } from './sweep.ts'

const root = resolve(import.meta.dirname, '..')

let it: TestInstance
let data: string
let reads: Swept[]
let writes: Swept[]
let foreignWrites: Swept[]
let before: Map<string, string>
let after: Map<string, string>

const all = () => [...reads, ...writes, ...foreignWrites]
const isPage = ({ answer }: Swept) => String(answer.headers['content-type']).startsWith('text/html')
/** A header as one text; empty when it is not there. */
const header = ({ answer }: Swept, name: string) => String(answer.headers[name] ?? '')

/** Which answers do not keep a law, in words. */
const breaking = (swept: Swept[], law: (one: Swept) => boolean) =>
  [...new Set(swept.filter((one) => !law(one)).map(told))].slice(0, 20)

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'bagad-security-'))
  it = await openTestInstance({
    services: [...services, bell],
    env: { BAGAD_DATA: data, BAGAD_SCHEME: 'https', BAGAD_DEMO: 'on', BAGAD_ACCESS_LOG: 'true' },
  })
  // The keys of OpenID Connect are made when somebody asks for the first time.
  await it.ask('id', '/oidc/jwks')
  before = await everythingKept()
  reads = await sweepReads(it)
  after = await everythingKept()
  writes = await sweepWrites(it, 'program')
  foreignWrites = await sweepWrites(it, 'foreign')
}, 120_000)

afterAll(async () => {
  await it[Symbol.asyncDispose]()
  rmSync(data, { recursive: true })
})

/** Whether a route says that pages of other sites may ask and write there. */
const isOpen = (host: string, method: string, url: string) =>
  it.routes.get(host)?.some((route) => route.method === method && route.url === url && route.isOpenToOtherSites) ??
  false

/** Whether a route is that of a protocol which decides itself who may ask: OpenID Connect, whose provider has laws of its own. */
const decidesItself = (host: string, method: string, url: string) =>
  it.routes.get(host)?.some((route) => route.method === method && route.url === url && route.decidesOnSites) ?? false

/** What counts readings, and what a protocol keeps of a way through its pages; nothing else. */
const COUNTERS = {
  tables: ['link.link_day', 'identity.oidc_payload', 'figures.tally', 'visits.counted', 'visits.seen'],
  columns: ['clicks', 'bots', 'last_click_on'],
}

/** A sum over each table of ours, without what counts readings. */
async function everythingKept(): Promise<Map<string, string>> {
  const { pool } = it.instance.platform.database
  const { rows: tables } = await pool.query<{ name: string; quoted: string }>(
    `select schemaname || '.' || tablename as name, format('%I.%I', schemaname, tablename) as quoted from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema', 'graphile_worker')`,
  )
  const sums = tables
    .filter(({ name }) => !COUNTERS.tables.includes(name))
    .map(async ({ name, quoted }): Promise<[string, string]> => {
      const { rows } = await pool.query<{ sum: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(row, '' order by row)), '') as sum from (select (to_jsonb(one) - $1::text[])::text as row from ${quoted} as one) as rows`,
        [COUNTERS.columns],
      )
      return [name, rows[0]?.sum ?? '']
    })
  return new Map(await Promise.all(sums))
}

test('the sweep asks every host, and really comes to the routes', () => {
  expect([...it.routes.keys()].toSorted()).toEqual([...services.map(({ name }) => name), 'bell', 'static'].toSorted())
  for (const [host, routes] of it.routes) expect(routes.length, host).toBeGreaterThan(1)
  for (const status of [200, 302, 400, 404])
    expect(
      reads.some(({ answer }) => answer.status === status),
      String(status),
    ).toBe(true)
  for (const status of [201, 303, 400, 422])
    expect(
      writes.some(({ answer }) => answer.status === status),
      String(status),
    ).toBe(true)
})

describe('HSTS (3.4.1)', () => {
  test('two years on every answer over https, and never on the hosts beside us', () => {
    expect(breaking(all(), (one) => header(one, 'strict-transport-security') === 'max-age=63072000')).toEqual([])
  })

  test('none over http', async () => {
    await using plain = await openTestInstance()
    for (const name of plain.routes.keys())
      expect((await plain.askService(name, '/')).headers['strict-transport-security']).toBeUndefined()
  })
})

describe('content security policy (3.4.3, 3.4.6)', () => {
  const directive = (one: Swept, name: string) =>
    header(one, 'content-security-policy')
      .split('; ')
      .find((part) => part.startsWith(`${name} `))
      ?.slice(name.length + 1)

  test('nothing is allowed that is not named, and nothing unsafe or foreign is named', () => {
    expect(breaking(all(), (one) => one.answer.status === 304 || directive(one, 'default-src') === "'none'")).toEqual(
      [],
    )
    expect(
      breaking(
        all(),
        (one) => !/unsafe-|\*|http:|https:(?!\/\/[\w.-]*localhost)/.test(header(one, 'content-security-policy')),
      ),
    ).toEqual([])
    for (const name of ['base-uri', 'frame-ancestors'])
      expect(breaking(all(), (one) => directive(one, name) === "'none'")).toEqual([])
  })

  test('on pages only scripts with the nonce of this very answer run', () => {
    const pages = all().filter((one) => isPage(one) && one.method !== 'HEAD')
    const nonceOf = (one: Swept) =>
      /^'nonce-([\w-]{22})' 'strict-dynamic'$/.exec(directive(one, 'script-src') ?? '')?.[1]
    expect(pages.length).toBeGreaterThan(50)
    expect(
      breaking(pages, (one) => nonceOf(one) !== undefined && one.answer.text.includes(`nonce="${nonceOf(one)}"`)),
    ).toEqual([])
    expect(
      breaking(pages, (one) => directive(one, 'object-src') === "'none'" && directive(one, 'connect-src') === "'self'"),
    ).toEqual([])
    expect(new Set(pages.map(nonceOf)).size).toBe(pages.length)
  })

  test('no page has a script, a style or a listener in a place where the policy forbids it', () => {
    expect(
      breaking(
        all().filter(isPage),
        ({ answer }) => !/ style="| on\w+="|javascript:|<script(?![^>]* nonce=)/.test(answer.text),
      ),
    ).toEqual([])
  })
})

test('nosniff and referrer (3.4.4, 3.4.5): types are not guessed, addresses stay with us', () => {
  expect(breaking(all(), (one) => header(one, 'x-content-type-options') === 'nosniff')).toEqual([])
  // Whoever is led elsewhere by an address that was made for it may be told where that was: that is how such links are counted.
  expect(
    breaking(all(), (one) => {
      const policy = header(one, 'referrer-policy')
      return (
        policy === 'strict-origin-when-cross-origin' ||
        policy === 'no-referrer' ||
        (one.answer.status === 302 && policy === 'no-referrer-when-downgrade')
      )
    }),
  ).toEqual([])
})

test('isolation (3.5): no foreign window holds ours, no foreign page embeds ours, no page has the device’s senses', () => {
  expect(breaking(all(), (one) => header(one, 'cross-origin-opener-policy') === 'same-origin')).toEqual([])
  expect(
    breaking(
      all(),
      (one) => header(one, 'cross-origin-resource-policy') === (one.host === 'static' ? 'cross-origin' : 'same-origin'),
    ),
  ).toEqual([])
  for (const sense of ['camera', 'microphone', 'geolocation', 'payment', 'usb'])
    expect(breaking(all(), (one) => header(one, 'permissions-policy').includes(`${sense}=()`))).toEqual([])
})

describe('CORS (3.4.2)', () => {
  /** Where a link leads, told to a program: Lstu's interface at the address that leads people there. */
  const isTarget = (one: Swept) =>
    one.host + one.route === 'link/:slug' && header(one, 'content-type').startsWith('application/json')

  const isForEveryone = (one: Swept) =>
    one.host === 'static' || isOpen(one.host, one.method, one.route) || isTarget(one)

  test('no foreign page reads our answers but those for everyone, and never with somebody’s cookies', () => {
    const allowed = (one: Swept) => header(one, 'access-control-allow-origin')
    expect(
      breaking(
        all(),
        (one) =>
          allowed(one) === '' ||
          (allowed(one) === '*' && isForEveryone(one)) ||
          decidesItself(one.host, one.method, one.route),
      ),
    ).toEqual([])
    // An address that cannot be read comes to no route.
    expect(
      breaking(
        all().filter(isForEveryone),
        (one) => allowed(one) === '*' || one.answer.status === 400 || one.path.includes('%00'),
      ),
    ).toEqual([])
    expect(breaking(all(), (one) => header(one, 'access-control-allow-credentials') === '')).toEqual([])
  })

  test('a foreign page that asks first is told no, but where any page may ask', async () => {
    for (const { host, method, route } of writesOf(it)) {
      if (isOpen(host, method, route) || decidesItself(host, method, route)) continue
      const answer = await it.askService(host, route, {
        method: 'OPTIONS',
        headers: {
          origin: `https://${EVIL}`,
          'access-control-request-method': method,
          'access-control-request-headers': 'content-type',
        },
      })
      expect(answer.headers['access-control-allow-origin'], `${host}${route}`).toBeUndefined()
    }
  })
})

test('cookies (3.3.1-3.3.4): of this host alone, over https alone, out of reach of scripts and foreign pages, short', () => {
  const isTakenBack = (cookie: string) => / Max-Age=0;/.test(cookie)
  const cookies = all().flatMap((one) => (one.answer.headers['set-cookie'] ?? []).filter((cookie) => !isTakenBack(cookie)).map((cookie) => ({ one, cookie }))) // prettier-ignore
  expect(cookies.length).toBeGreaterThan(0)
  for (const { one, cookie } of cookies) {
    expect(cookie, told(one)).toMatch(
      /^__Host-[\w.-]+=[^;]*; (?=.*\bPath=\/(;|$))(?=.*\bSecure\b)(?=.*\bHttpOnly\b)(?=.*\bSameSite=(Lax|Strict)\b)/i,
    )
    expect(cookie, told(one)).not.toMatch(/domain=/i)
    expect(cookie.length).toBeLessThan(4096)
  }
  expect(
    breaking(all(), ({ host, answer }) => host !== 'static' || answer.headers['set-cookie'] === undefined),
  ).toEqual([])
})

describe('CSRF (3.5.1-3.5.3)', () => {
  test('reading changes nothing', () => {
    expect(after).toEqual(before)
    expect(before.size).toBeGreaterThan(8)
  })

  test('a write from a foreign page is refused, but where the interface of replaced software is open to all; cookies it gets nowhere', () => {
    expect(foreignWrites.length).toBeGreaterThan(50)
    expect(
      breaking(
        foreignWrites,
        ({ host, method, route, answer }) =>
          answer.status === 403 || isOpen(host, method, route) || decidesItself(host, method, route),
      ),
    ).toEqual([])
    expect(breaking(foreignWrites, ({ answer }) => answer.headers['set-cookie'] === undefined)).toEqual([])
  })

  test('a write that comes with a session and without the token is refused, whatever the route', async () => {
    await personIn(it, 'sweeper', { password: PASSWORD })
    const browser = new TestBrowser(it)
    await browser.signIn('sweeper')
    const hostOf = (name: string) => it.instance.platform.addresses.host(name).replace(/\.?localhost$/, '')
    for (const { name } of it.instance.platform.services) await browser.follow(hostOf(name), '/_sso?next=/robots.txt')
    const swept = await sweepWrites(it, {
      cookieOf: (host) =>
        host === 'unknown' || host === 'static' ? undefined : browser.cookie(hostOf(host), '__Host-bagad'),
    })
    const own = swept.filter(
      ({ host, method, route }) => !isOpen(host, method, route) && !decidesItself(host, method, route),
    )
    expect(own.filter(({ answer }) => answer.status === 403).length).toBeGreaterThan(200)
    // What cannot be read at all is refused before anybody looks at the token.
    expect(breaking(own, ({ answer }) => [400, 403, 404, 405, 413, 415].includes(answer.status))).toEqual([])
  })
})

test('user content (3.2.1, 1.3.4): a drawing or a document that could be active does nothing on a host of ours', () => {
  const active = reads.filter((one) => /svg|xml|pdf/.test(header(one, 'content-type')))
  expect(active.length).toBeGreaterThan(0)
  expect(breaking(active, (one) => header(one, 'content-security-policy').startsWith("default-src 'none'"))).toEqual([])
  expect(
    breaking(reads, (one) => isPage(one) === header(one, 'content-security-policy').includes('script-src')),
  ).toEqual([])
})

test('uploads (5.2.1): a body beyond every limit is refused before it is read', async () => {
  for (const { host, method, route } of writesOf(it)) {
    const status = await announce(host, method, route.replaceAll(/:\w+|\*/g, 'x'), 1e12)
    expect([413, 415], `${method} ${host}${route}`).toContain(status)
  }
})

/** Sends the head of a request that announces a body, and no body; gives the status that comes back. */
function announce(host: string, method: string, path: string, length: number): Promise<number> {
  return new Promise((done, reject) => {
    const socket = connect(it.port, '127.0.0.1')
    socket.setTimeout(5000, () => (socket.destroy(), reject(new Error(`${method} ${path} waits for the body`))))
    socket.on('error', reject)
    socket.once('data', (bytes) => (socket.destroy(), done(Number(bytes.toString().split(' ')[1]))))
    const name = it.instance.platform.addresses.host(host)
    socket.write(
      `${method} ${path} HTTP/1.1\r\nHost: ${name}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
    )
  })
}

test('open redirect (3.7.2): where one is led is never what the request says', () => {
  const led = all().filter(({ answer }) => answer.headers.location !== undefined)
  expect(led.length).toBeGreaterThan(0)
  expect(
    breaking(
      led,
      (one) =>
        URL.parse(header(one, 'location'), 'https://localhost/')?.hostname !== EVIL &&
        !/^(\/\/|\/\\|[^/h])/.test(header(one, 'location')),
    ),
  ).toEqual([])
  // Elsewhere leads only what was made to lead there, from an address that is stored.
  const elsewhere = led.filter((one) => !/^(\/|https:\/\/([\w-]+\.)?localhost\/)/.test(header(one, 'location')))
  expect([...new Set(elsewhere.map(({ host, route }) => host + route))]).toEqual(['link/:slug'])
})

describe('SSRF (1.3.6)', () => {
  /** Files that come to browsers: what islands import. There the policy's `connect-src 'self'` holds. */
  const inBrowsers = new Set(sources.filter((path) => path.endsWith('.island.tsx')))
  for (let size = 0; size < inBrowsers.size;) {
    size = inBrowsers.size
    for (const { from, to } of ownImports) if (inBrowsers.has(from)) inBrowsers.add(to)
  }
  const onServer = sources.filter((path) => !inBrowsers.has(path) && !path.startsWith('src/platform/outgoing/'))
  const CLIENTS = /^(undici|node:https?|node:http2|https?|axios|got|node-fetch|ky|superagent)$/

  test('nothing but the one client asks others over HTTP', () => {
    const asking = onServer.filter((path) =>
      importsOf(path).some(
        ({ from, names }) =>
          CLIENTS.test(from) && names.some((name) => name !== 'createServer' && name !== 'STATUS_CODES'),
      ),
    )
    expect(asking).toEqual([])
    const fetching = onServer.filter((path) =>
      [...nodesOf(path)].some(
        ({ type, callee }) => type === 'CallExpression' && isNode(callee) && callee['name'] === 'fetch',
      ),
    )
    // The puzzle of the proof of work is fetched by whoever solves it, in the browser.
    expect(fetching).toEqual(
      existsSync(join(root, 'src/platform/limits/solve.ts')) && !inBrowsers.has('src/platform/limits/solve.ts')
        ? ['src/platform/limits/solve.ts']
        : [],
    )
  })

  test.skipIf(!existsSync(join(root, 'src/platform/outgoing')))('that client has tests of its own', () => {
    expect(readdirSync(join(root, 'src/platform/outgoing')).some((name) => name.endsWith('.test.ts'))).toBe(true)
  })
})

describe('XML (1.5.1)', () => {
  test('is not read by anything of ours', () => {
    const readers = sources.filter((path) =>
      importsOf(path).some(({ from }) => /^(saxes|sax|xml2js|fast-xml-parser|@xmldom\/xmldom|libxmljs2?)$/.test(from)),
    )
    expect(readers).toEqual([])
  })

  test('is refused as a body', async () => {
    const bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    for (const { host, method, route } of writesOf(it)) {
      const answer = await it.askService(host, route.replaceAll(/:\w+|\*/g, 'x'), {
        method,
        body: bomb,
        headers: { 'content-type': 'application/xml' },
      })
      expect(answer.status, `${method} ${host}${route}`).toBe(415)
    }
  })
})

describe('HTML (1.3.1, 1.3.5)', () => {
  test('what people write comes back as text', () => {
    expect(breaking(all().filter(isPage), ({ answer }) => !answer.text.includes('<script>alert(1)'))).toEqual([])
  })

  test('markup is put into pages only where it is ours: styles, icons, drawings', () => {
    const raw = sources.filter(
      (path) =>
        textOf(path).includes('dangerouslySetInnerHTML') ||
        /\.(inner|outer)HTML\s*=|insertAdjacentHTML/.test(textOf(path)),
    )
    expect(raw.toSorted()).toEqual([
      'src/house/portal/pages/front.tsx',
      'src/platform/pages/drawing.tsx',
      'src/platform/pages/icon.tsx',
      'src/platform/pages/page.tsx',
    ])
  })
})

describe('SQL (1.2.4)', () => {
  /** Names that SQL takes no parameters for, each a constant of the program. */
  const CONSTANTS = ['IS_SETTLED', 'schema', 'CHANNEL', 'connection.database', 'NEUTRAL']

  /** Names that a backup reads and puts back come from the server's own catalogue, and go through one function. */
  const QUOTED = /^quoted(Table)?\([^()]*\)$|\.map\(quoted(Table)?\)\.join\(', '\)$/

  test('is never put together from text: values are parameters', () => {
    // Databases of other software are only read there, and the names of their tables are theirs: quoted, in one place a file.
    const theirs = sources.filter((path) => path.startsWith('src/platform/imports/'))
    expect(
      theirs.filter(
        (path) => /\.query[(<].*\$\{/.test(textOf(path)) && !textOf(path).includes('function quoted(name: string)'),
      ),
    ).toEqual([])
    const own = sources.filter((path) => !theirs.includes(path))
    const built = own.flatMap((path) =>
      [...nodesOf(path)].flatMap((node) => {
        const first = queryOf(node)
        if (!first || first.type === 'Literal') return []
        const inside = Array.isArray(first['expressions']) ? first['expressions'].filter(isNode) : [first]
        const unknown = inside
          .map(({ start, end }) => textOf(path).slice(start, end))
          .filter((text) => !isConstant(path, text))
        return unknown.map((text) => `${path}: ${text}`)
      }),
    )
    expect(built).toEqual([])
  })

  /** What a call of `.query(…)`, `sql.raw(…)` or one that makes a COPY is given first. */
  function queryOf({ type, callee, arguments: given }: SourceNode): SourceNode | undefined {
    if ((type !== 'CallExpression' && type !== 'NewExpression') || !isNode(callee)) return undefined
    const [first]: unknown[] = Array.isArray(given) ? given : []
    const name =
      callee.type === 'MemberExpression' && isNode(callee['property']) ? callee['property']['name'] : callee['name']
    return ['query', 'raw', 'copyTo', 'copyFrom'].includes(String(name)) && isNode(first) ? first : undefined
  }

  /** The migrations run files of ours as they are, and their ledger is a constant. */
  function isConstant(path: string, text: string): boolean {
    if (QUOTED.test(text) || /^(copyTo|copyFrom)\(/.test(text)) return true
    // The definition of a constraint is what the server has said of it.
    if (path === 'src/platform/backup/restore-database.ts' && text === 'definition') return true
    return (
      CONSTANTS.includes(text) || (path === 'src/platform/database/migrations.ts' && ['sql', 'LEDGER'].includes(text))
    )
  }

  test('a zero byte, which no text of the database can hold, is refused in every address of every host', async () => {
    const zero = reads.filter(({ path }) => path.includes('%00'))
    expect(new Set(zero.map(({ host }) => host))).toEqual(new Set(it.routes.keys()))
    expect(breaking(zero, ({ answer }) => answer.status === 400)).toEqual([])
    for (const host of it.routes.keys()) expect((await it.askService(host, '/?q=%00')).status, host).toBe(400)
    expect((await it.ask('nobody', '/%00')).status).toBe(400)
  })

  test('hostile values reach no query as text', () => {
    expect(breaking(all(), ({ answer }) => answer.status < 500)).toEqual([])
  })
})

test('commands (1.2.5): child processes get lists of arguments, and no shell reads them', () => {
  for (const path of sources) {
    const names = importsOf(path).flatMap(({ from, names }) => (/^(node:)?child_process$/.test(from) ? names : []))
    expect(
      names.filter((name) => !['spawn', 'spawnSync', 'execFile', 'execFileSync'].includes(name)),
      path,
    ).toEqual([])
    expect(textOf(path), path).not.toMatch(/\bshell: (true|'|")/)
    expect(textOf(path), path).not.toMatch(/\bnew Function\(|\beval\(/)
  }
})

test.skipIf(!existsSync(join(root, 'src/platform/mail')))(
  'mail (1.3.11): whoever writes headers has tests against line breaks in them',
  () => {
    const tests = readdirSync(join(root, 'src/platform/mail'))
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(root, 'src/platform/mail', name), 'utf8'))
    expect(tests.some((text) => text.includes('\\r\\n'))).toBe(true)
  },
)

test('proxy headers (4.1.3): what a client writes there is nowhere in what it gets', () => {
  /** A protocol that decides itself which sites may ask tells the one that asks. */
  const headersOf = ({ host, method, route, answer }: Swept) =>
    JSON.stringify(
      decidesItself(host, method, route) ? { ...answer.headers, 'access-control-allow-origin': '' } : answer.headers,
    )
  expect(
    breaking(reads, (one) => one.path.includes(EVIL) || !(headersOf(one) + one.answer.text).includes(EVIL)),
  ).toEqual([])
})

test('content type (4.1.1): every body says what it is, text with its encoding', () => {
  const bodies = all().filter(({ answer, method }) => answer.raw.length > 0 && method !== 'HEAD')
  expect(breaking(bodies, (one) => header(one, 'content-type') !== '')).toEqual([])
  expect(
    breaking(
      bodies,
      (one) =>
        !header(one, 'content-type').startsWith('text/') || header(one, 'content-type').endsWith('; charset=utf-8'),
    ),
  ).toEqual([])
  expect(
    breaking(
      bodies,
      (one) => !/^[[{]/.test(one.answer.text) || /^application\/([\w.-]+\+)?json/.test(header(one, 'content-type')),
    ),
  ).toEqual([])
})

test('websockets (4.4.1): nobody is let in from a foreign page', async () => {
  for (const name of it.routes.keys()) {
    const answer = await it.askService(name, '/', {
      headers: {
        origin: `https://${EVIL}`,
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    })
    expect(answer.status, name).not.toBe(101)
  }
})

test('no default account (6.3.2): a fresh instance knows nobody and has given out no key', async () => {
  await using fresh = await openTestInstance()
  const { rows } = await fresh.instance.platform.database.pool.query<{ at: string }>(
    `select format('%I.%I', table_schema, table_name) as at from information_schema.tables
     where table_type = 'BASE TABLE' and table_name in ('account', 'token', 'session', 'app_password', 'invitation')`,
  )
  expect(rows.length).toBeGreaterThan(0)
  for (const { at } of rows)
    expect((await fresh.instance.platform.database.pool.query(`select from ${at}`)).rowCount, at).toBe(0)
})

test('TLS (12.1.1): inside, only loopback speaks in clear', () => {
  const { config } = testConfig({ BAGAD_LISTEN: '' })
  expect(config.listen).toEqual(['127.0.0.1', '::1'])
})

test('secrets (13.3.1): the key of the instance is the owner’s alone, and the database does not have it', async () => {
  const file = join(data, 'instance.key')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url')
  const { pool } = it.instance.platform.database
  const { rows: tables } = await pool.query<{ at: string }>(
    `select format('%I.%I', schemaname, tablename) as at from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  )
  for (const { at } of tables) {
    const { rows } = await pool.query<{ kept: string | null }>(
      `select string_agg(to_jsonb(one)::text, ' ') as kept from ${at} as one`,
    )
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(rows[0]?.kept ?? '', at).not.toContain(key.toString(form))
  }
})

test('caching (14.3.1): what is a person’s page is kept by their browser alone, what failed by nobody', () => {
  expect(
    breaking(all().filter(isPage), (one) => /\bprivate\b|\bno-store\b/.test(header(one, 'cache-control'))),
  ).toEqual([])
  const failed = all().filter(({ answer, host }) => answer.status >= 400 && host !== 'static')
  expect(breaking(failed, (one) => header(one, 'cache-control') === 'no-store')).toEqual([])
})

test('URLs (14.2.1): no page has an address with a password or a session in it', () => {
  expect(
    breaking(
      all().filter(isPage),
      ({ answer }) =>
        !/(href|action|src)="[^"]*[?&;](token|password|passwd|session|sid|secret|key)=/i.test(answer.text),
    ),
  ).toEqual([])
})

test('logs (16.2-16.4): whole lines of JSON in UTC, with nothing of what was asked but the route', async () => {
  const folder = join(data, 'log')
  const lines = () =>
    readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
  await expect.poll(() => lines().length, { timeout: 5000 }).toBeGreaterThanOrEqual(all().length)
  for (const line of lines()) {
    expect(JSON.parse(line)).toMatchObject({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
      from: '127.0.0.0',
    })
    expect(line).not.toMatch(/evil|script|passwd|forged|198\.51|%|\?/)
  }
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
})

test('errors (16.5.1, 16.5.3): a fault of ours says a number, and nothing of what is inside', async () => {
  await using broken = await openTestInstance({ env: { BAGAD_LOG_LEVEL: 'error' } })
  const { pool } = broken.instance.platform.database
  for (const { name } of services) await pool.query(`drop schema if exists "${name}" cascade`)
  await pool.query('drop schema figures cascade')
  let faults = 0
  for (const [host, routes] of broken.routes)
    for (const { method, url } of routes.filter((route) => route.method === 'GET')) {
      const answer = await broken.askService(host, url.replaceAll(/:\w+|\*/g, 'venir'), { method })
      if (answer.status < 500 || answer.status === 503) continue
      faults++
      expect(answer.json(), `${host}${url}`).toMatchObject({
        status: 500,
        reference: expect.stringMatching(/^[0-9a-f]{8}$/),
      })
      expect(answer.text, `${host}${url}`).not.toMatch(/relation|schema "|select |at .*\.ts|node_modules|postgres/i)
    }
  expect(faults).toBeGreaterThan(1)
})

describe('supply chain (15.1, 15.2)', () => {
  const lock: { packages: Record<string, { integrity?: string; resolved?: string; link?: boolean }> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  )
  const npm = (...args: string[]) =>
    spawnSync('npm', args, { cwd: root, encoding: 'utf8', timeout: 60_000, maxBuffer: 64 * 1024 * 1024 })

  test('every package is locked by its content, from wherever it comes', () => {
    const packages = Object.entries(lock.packages).filter(([path]) => path !== '')
    expect(packages.length).toBeGreaterThan(100)
    expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([])
    expect(packages.filter(([, { resolved, link }]) => resolved !== undefined || link).map(([path]) => path)).toEqual(
      [],
    )
  })

  test('no package runs anything while it is installed', () => {
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m)
    expect(readFileSync(join(root, 'bin/bagad.mjs'), 'utf8')).toContain("'ci', '--ignore-scripts'")
  })

  test('versions are exact', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    )
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }))
      expect(version, name).toMatch(/^(npm:@?[\w./-]+@)?\d+\.\d+\.\d+/)
  })

  test('the list of everything inside can be made (CycloneDX)', () => {
    const { stdout, stderr } = npm('sbom', '--sbom-format', 'cyclonedx', '--package-lock-only')
    if (!stdout) throw new Error(stderr)
    const {
      bomFormat,
      components,
    }: { bomFormat: string; components: { name: string; version: string; licenses?: object[] }[] } = JSON.parse(stdout)
    expect(bomFormat).toBe('CycloneDX')
    expect(components.length).toBeGreaterThan(100)
    for (const { name, version } of components) expect(version, name).toMatch(/^\d/)
  })

  test('no package that runs here has a known hole of weight, as far as the registry can tell', ({ skip }) => {
    const { stdout } = npm('audit', '--omit=dev', '--json')
    const answer: {
      metadata?: { vulnerabilities: Record<string, number> }
      vulnerabilities?: Record<string, { severity: string }>
    } = JSON.parse(stdout || '{}')
    if (!answer.metadata) return skip('the registry does not audit')
    const grave = Object.entries(answer.vulnerabilities ?? {}).filter(
      ([, { severity }]) => severity === 'high' || severity === 'critical',
    )
    expect(grave.map(([name]) => name)).toEqual([])
  })
})

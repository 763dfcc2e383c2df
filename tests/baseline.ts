/**
 * The security baseline (the numbers are those of OWASP's ASVS 5.0, level 2) over every route of a host: what is added
 * tomorrow is held to it without a line here. Each service has a file of one line that calls `sweepService`.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Service } from '../src/platform/service.ts'
import { openTestInstance, type TestInstance } from './instance.ts'
import { PASSWORD, personIn, TestBrowser } from './people.ts'
import { EVIL, sweepReads, sweepWrites, told, writesOf, type Swept } from './sweep.ts'

/** What a service may do that others may not. */
interface Exceptions {
  /**
   * Tables, with their schema, that count readings or keep the way through a protocol's pages; reading may change them.
   */
  tables?: readonly string[]
  /** Columns that count readings. */
  columns?: readonly string[]
  /** Patterns that lead to an address which is stored, on whatever site. */
  leadElsewhere?: readonly string[]
  /** Patterns that tell programs of any site, in JSON, where they lead. */
  notifyAll?: readonly string[]
}

const isPage = ({ answer }: Swept) => String(answer.headers['content-type']).startsWith('text/html')
/** A header as one text; empty when it is not there. */
const header = ({ answer }: Swept, name: string) => String(answer.headers[name] ?? '')

/** Which answers do not keep a law, in words. */
const breaking = (swept: Swept[], law: (one: Swept) => boolean) =>
  [...new Set(swept.filter((one) => !law(one)).map(told))].slice(0, 20)

/**
 * Asks for every route of a service with what no person means, as a program, a foreign page and a page with a session,
 * and holds all answers to the baseline.
 *
 * @example sweepService(link)
 */
export function sweepService(service: Service, exceptions: Exceptions = {}): void {
  sweepHosts([service.name], [service], exceptions)
}

/** Holds what belongs to no service to the baseline: files for browsers, and hosts that are not known. */
export function sweepPlatform(): void {
  sweepHosts(['static', 'unknown'], [], {})
}

function sweepHosts(
  hosts: readonly string[],
  named: readonly Service[],
  { tables = [], columns = [], leadElsewhere = [], notifyAll = [] }: Exceptions,
): void {
  let it: TestInstance
  let data: string
  let reads: Swept[]
  let writes: Swept[]
  let foreignWrites: Swept[]
  let before: Map<string, string>
  let after: Map<string, string>

  const all = () => [...reads, ...writes, ...foreignWrites]
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'bagad-baseline-'))
    it = await openTestInstance({
      services: named,
      env: { BAGAD_DATA: data, BAGAD_SCHEME: 'https', BAGAD_DEMO: 'on', BAGAD_ACCESS_LOG: 'true' },
    })
    // The keys of OpenID Connect are made when a client asks for the first time.
    await it.ask('id', '/oidc/jwks')
    before = await everythingKept()
    reads = await sweepReads(it, hosts)
    after = await everythingKept()
    writes = await sweepWrites(it, hosts, 'program')
    foreignWrites = await sweepWrites(it, hosts, 'foreign')
  }, 120_000)

  afterAll(async () => {
    await it[Symbol.asyncDispose]()
    rmSync(data, { recursive: true })
  })

  /** Whether a route says that pages of other sites may ask and write there. */
  const isOpen = (host: string, method: string, url: string) =>
    it.routes.get(host)?.some((route) => route.method === method && route.url === url && route.isOpenToOtherSites) ??
    false

  /**
   * Whether a route is that of a protocol which decides itself who may ask: OpenID Connect, whose provider has laws of
   * its own.
   */
  const decidesItself = (host: string, method: string, url: string) =>
    it.routes.get(host)?.some((route) => route.method === method && route.url === url && route.decidesOnSites) ?? false

  /** A sum over each table of ours, without what counts readings. */
  async function everythingKept(): Promise<Map<string, string>> {
    const { pool } = it.instance.platform.database
    const { rows: own } = await pool.query<{ name: string; quoted: string }>(
      `select schemaname || '.' || tablename as name, format('%I.%I', schemaname, tablename) as quoted from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema', 'graphile_worker')`,
    )
    const sums = own
      .filter(({ name }) => !tables.includes(name))
      .map(async ({ name, quoted }): Promise<[string, string]> => {
        const { rows } = await pool.query<{ sum: string }>(
          `select count(*) || ' ' || coalesce(md5(string_agg(row, '' order by row)), '') as sum from (select (to_jsonb(one) - $1::text[])::text as row from ${quoted} as one) as rows`,
          [columns],
        )
        return [name, rows[0]?.sum ?? '']
      })
    return new Map(await Promise.all(sums))
  }

  test('the sweep really comes to the routes', () => {
    for (const status of hosts.includes('unknown') ? [404] : [200, 404])
      expect(
        reads.some(({ answer }) => answer.status === status),
        String(status),
      ).toBe(true)
    const asked = writes.filter(({ answer }) => answer.status !== 403 && answer.status !== 404)
    expect(asked.length > 0 || writes.length === 0).toBe(true)
  })

  test('HSTS (3.4.1): two years on every answer over https, and never on the hosts beside us', () => {
    expect(breaking(all(), (one) => header(one, 'strict-transport-security') === 'max-age=63072000')).toEqual([])
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
      expect(
        breaking(pages, (one) => nonceOf(one) !== undefined && one.answer.text.includes(`nonce="${nonceOf(one)}"`)),
      ).toEqual([])
      expect(
        breaking(
          pages,
          (one) => directive(one, 'object-src') === "'none'" && directive(one, 'connect-src') === "'self'",
        ),
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

  test('a zero byte, which no text of the database can hold, is refused in every address', async () => {
    const zero = reads.filter(({ path }) => path.includes('%00'))
    expect(breaking(zero, ({ answer }) => answer.status === 400)).toEqual([])
    for (const host of hosts) {
      const { status } = await (host === 'unknown' ? it.ask('nobody', '/?q=%00') : it.askService(host, '/?q=%00'))
      expect(status, host).toBe(400)
    }
  })

  test('nosniff and referrer (3.4.4, 3.4.5): types are not guessed, addresses stay with us', () => {
    expect(breaking(all(), (one) => header(one, 'x-content-type-options') === 'nosniff')).toEqual([])
    // Whoever is led elsewhere by an address that was made for it may be told where that was: that is how such links
    // are counted.
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
        (one) =>
          header(one, 'cross-origin-resource-policy') === (one.host === 'static' ? 'cross-origin' : 'same-origin'),
      ),
    ).toEqual([])
    for (const sense of ['camera', 'microphone', 'geolocation', 'payment', 'usb'])
      expect(breaking(all(), (one) => header(one, 'permissions-policy').includes(`${sense}=()`))).toEqual([])
  })

  describe('CORS (3.4.2)', () => {
    /** Where an address leads, told to a program of any site. */
    const isTarget = (one: Swept) =>
      notifyAll.includes(one.route) && header(one, 'content-type').startsWith('application/json')

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
      const isUnreadable = ({ path, answer }: Swept) => answer.status === 400 || path.includes('%00')
      expect(breaking(all().filter(isForEveryone), (one) => allowed(one) === '*' || isUnreadable(one))).toEqual([])
      expect(breaking(all(), (one) => header(one, 'access-control-allow-credentials') === '')).toEqual([])
    })

    test('a foreign page that asks first is told no, but where any page may ask', async () => {
      for (const { host, method, route } of writesOf(it, hosts)) {
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
      for (const { name } of named) await browser.follow(hostOf(name), '/_sso?next=/robots.txt')
      const swept = await sweepWrites(it, hosts, {
        cookieOf: (host) =>
          host === 'unknown' || host === 'static' ? undefined : browser.cookie(hostOf(host), '__Host-bagad'),
      })
      const own = swept.filter(
        ({ host, method, route }) => !isOpen(host, method, route) && !decidesItself(host, method, route),
      )
      expect(own.some(({ answer }) => answer.status === 403)).toBe(own.length > 0)
      // What cannot be read at all is refused before anybody looks at the token.
      expect(breaking(own, ({ answer }) => [400, 403, 404, 405, 413, 415].includes(answer.status))).toEqual([])
    })
  })

  test('user content (3.2.1, 1.3.4): a drawing or a document that could be active does nothing on a host of ours', () => {
    const active = reads.filter((one) => /svg|xml|pdf/.test(header(one, 'content-type')))
    expect(breaking(active, (one) => header(one, 'content-security-policy').startsWith("default-src 'none'"))).toEqual(
      [],
    )
    expect(
      breaking(reads, (one) => isPage(one) === header(one, 'content-security-policy').includes('script-src')),
    ).toEqual([])
  })

  test('uploads (5.2.1): a body beyond every limit is refused before it is read', async () => {
    for (const { host, method, route } of writesOf(it, hosts)) {
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
    expect(elsewhere.map(({ route }) => route).filter((route) => !leadElsewhere.includes(route))).toEqual([])
  })

  test('XML (1.5.1): is refused as a body', async () => {
    const bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    for (const { host, method, route } of writesOf(it, hosts)) {
      const answer = await it.askService(host, route.replaceAll(/:\w+|\*/g, 'x'), {
        method,
        body: bomb,
        headers: { 'content-type': 'application/xml' },
      })
      expect(answer.status, `${method} ${host}${route}`).toBe(415)
    }
  })

  test('HTML (1.3.1, 1.3.5): what people write comes back as text', () => {
    expect(breaking(all().filter(isPage), ({ answer }) => !answer.text.includes('<script>alert(1)'))).toEqual([])
  })

  test('SQL (1.2.4): hostile values reach no query as text', () => {
    expect(breaking(all(), ({ answer }) => answer.status < 500)).toEqual([])
  })

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
    for (const name of hosts.filter((host) => host !== 'unknown')) {
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
}

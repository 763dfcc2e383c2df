/**
 * The security baseline (the numbers are those of OWASP's ASVS 5.0, level 2), as far as it is the platform's: what
 * holds in the sources and for an instance as a whole. Each service's routes are held to it in a file beside the
 * service.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { services } from '../src/services.ts'
import { sweepPlatform } from './baseline.ts'
import { openTestInstance, testConfig, type TestInstance } from './instance.ts'
import { importsOf, isNode, nodesOf, ownImports, sources, textOf, type SourceNode } from './sources.ts'

const root = resolve(import.meta.dirname, '..')

let it: TestInstance
let data: string

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'bagad-security-'))
  it = await openTestInstance({ services, env: { BAGAD_DATA: data, BAGAD_DEMO: 'on' } })
  // The keys of OpenID Connect are made when a client asks for the first time.
  await it.ask('id', '/oidc/jwks')
}, 120_000)

afterAll(async () => {
  await it[Symbol.asyncDispose]()
  rmSync(data, { recursive: true })
})

sweepPlatform()

test('each service is swept, in a file beside it', () => {
  const swept = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.security.test.ts'))
    .map((path) => readFileSync(join(root, 'src', path), 'utf8'))
  for (const { name } of services)
    expect(
      swept.some((text) => text.includes(`sweepService(${name}`)),
      `${name} is held to the security baseline by no file: add ${name}.security.test.ts beside it with sweepService(${name})`,
    ).toBe(true)
})

test('HSTS (3.4.1): none over http', async () => {
  for (const name of it.routes.keys())
    expect((await it.askService(name, '/')).headers['strict-transport-security'], name).toBeUndefined()
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
    expect(
      asking,
      'requests to others go through platform.outgoing, which keeps to the public internet, a time and a size',
    ).toEqual([])
    const fetching = onServer.filter((path) =>
      [...nodesOf(path)].some(
        ({ type, callee }) => type === 'CallExpression' && isNode(callee) && callee['name'] === 'fetch',
      ),
    )
    // The browser fetches the puzzle of the proof of work.
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
    expect(readers, 'XML of others is not parsed: its entities can read files and ask other hosts').toEqual([])
  })
})

describe('HTML (1.3.1, 1.3.5)', () => {
  test('markup is put into pages only where it is ours: styles, icons, drawings', () => {
    const raw = sources.filter(
      (path) =>
        textOf(path).includes('dangerouslySetInnerHTML') ||
        /\.(inner|outer)HTML\s*=|insertAdjacentHTML/.test(textOf(path)),
    )
    expect(raw.toSorted(), 'markup that is put into a page as it is must be ours, and its file listed here').toEqual([
      'src/house/portal/pages/front.tsx',
      'src/platform/pages/drawing.tsx',
      'src/platform/pages/icon.tsx',
      'src/platform/pages/page.tsx',
    ])
  })
})

describe('SQL (1.2.4)', () => {
  /** Names that SQL takes no parameters for, each a constant of the program. */
  const CONSTANTS = ['schema', 'CHANNEL', 'connection.database', 'NEUTRAL', 'IS_SETTLED']

  /** Names that a backup reads and puts back come from the server's own catalogue, and go through one function. */
  const QUOTED = /^quoted(Table)?\([^()]*\)$|\.map\(quoted(Table)?\)\.join\(', '\)$/

  test('is never put together from text: values are parameters', () => {
    // Databases of other software are only read there, and the names of their tables are theirs: quoted, in one place a
    // file.
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
    expect(
      built,
      'SQL is never put together from text: values are parameters ($1, or sql`…${value}`), names are constants listed in CONSTANTS',
    ).toEqual([])
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
})

test('commands (1.2.5): child processes get lists of arguments, and no shell reads them', () => {
  for (const path of sources) {
    const names = importsOf(path).flatMap(({ from, names }) => (/^(node:)?child_process$/.test(from) ? names : []))
    expect(
      names.filter((name) => !['spawn', 'spawnSync', 'execFile', 'execFileSync'].includes(name)),
      `${path}: a process gets a list of arguments (spawn, execFile), never a line for a shell (exec)`,
    ).toEqual([])
    expect(textOf(path), `${path}: no shell reads what is started`).not.toMatch(/\bshell: (true|'|")/)
    expect(textOf(path), `${path}: text is never run as a program`).not.toMatch(/\bnew Function\(|\beval\(/)
  }
})

test.skipIf(!existsSync(join(root, 'src/platform/mail')))(
  'mail (1.3.11): code that writes headers has tests against line breaks in them',
  () => {
    const tests = readdirSync(join(root, 'src/platform/mail'))
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(root, 'src/platform/mail', name), 'utf8'))
    expect(
      tests.some((text) => text.includes('\\r\\n')),
      'a test in src/platform/mail sends line breaks (\\r\\n) in what becomes a header',
    ).toBe(true)
  },
)

test('no default account (6.3.2): a fresh instance knows nobody and has given out no key', async () => {
  await using fresh = await openTestInstance({ services })
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

test('errors (16.5.1, 16.5.3): a fault of ours says a number, and nothing of what is inside', async () => {
  await using broken = await openTestInstance({ services, env: { BAGAD_LOG_LEVEL: 'error' } })
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

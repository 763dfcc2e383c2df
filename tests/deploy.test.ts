/**
 * What operators are given is tried: the proxies in front of a real instance, the rest as far as it can be read here.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import { request as requestHttps } from 'node:https'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { validate } from 'dockerfile-utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../src/platform/config/load.ts'
import type { HttpServer } from '../src/platform/http/server.ts'
import { serveMetrics } from '../src/platform/metrics/server.ts'
import { ask, openTestInstance, type TestInstance } from './instance.ts'
import { freePort, until } from './process.ts'
import { link } from '../src/commons/link/service.ts'

const root = resolve(import.meta.dirname, '..')
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')
const has = (command: string) =>
  spawnSync('sh', ['-c', `command -v ${command}`], { env: { PATH: `${process.env['PATH']}:/usr/sbin` } }).status === 0

let it: TestInstance
let inner: HttpServer
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bagad-deploy-'))
  it = await openTestInstance({
    services: [link],
    env: {
      BAGAD_DATA: join(folder, 'data'),
      BAGAD_DOMAIN: 'example.org',
      BAGAD_SCHEME: 'https',
      BAGAD_TRUSTED_PROXIES: '127.0.0.1',
      BAGAD_ACCESS_LOG: 'true',
    },
  })
  inner = await serveMetrics(it.instance.platform, { port: 0, mayMove: false })
})
afterAll(async () => {
  await inner[Symbol.asyncDispose]()
  await it[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

interface Told {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** A request to a proxy under a host's name, whoever signed its certificate. */
function askProxy(port: number, host: string, path: string, headers: Record<string, string> = {}): Promise<Told> {
  return new Promise((done, reject) => {
    const asked = requestHttps(
      { host: '127.0.0.1', port, path, servername: host, rejectUnauthorized: false, headers: { host, ...headers } },
      (answer) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
        answer.on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
      },
    )
    asked.on('error', reject)
    asked.end()
  })
}

/** Whether a proxy speaks HTTP/2, as browsers do. */
function speaksHttp2(port: number, host: string): Promise<boolean> {
  return new Promise((done) => {
    const session = connectHttp2(`https://127.0.0.1:${port}`, { servername: host, rejectUnauthorized: false })
    session.on('error', () => done(false))
    session.on('connect', () => (session.close(), done(session.alpnProtocol === 'h2')))
  })
}

async function withProxy(command: string, args: string[], port: number, work: () => Promise<void>): Promise<void> {
  let said = ''
  const proxy: ChildProcess = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/sbin:/usr/bin:/bin', HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  })
  for (const stream of [proxy.stdout, proxy.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const gone = new Promise((done) => proxy.once('exit', done))
  try {
    await until('the proxy answers', () =>
      askProxy(port, 'example.org', '/health/live').then(
        () => true,
        () => false,
      ),
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${said}`)
    })
    await work()
  } finally {
    proxy.kill('SIGTERM')
    await gone
  }
}

/** What every proxy must do for us. */
async function expectGoodProxy(port: number): Promise<void> {
  const page = await askProxy(port, 'link.example.org', '/', {
    accept: 'text/html',
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-host': 'evil.example',
    forwarded: 'for=203.0.113.9',
  })
  expect([page.status, page.headers['strict-transport-security']]).toEqual([200, 'max-age=63072000'])
  expect(page.text).toContain('https://static.example.org/')
  expect(page.text).not.toContain('evil.example')
  expect((await askProxy(port, 'example.org', '/nowhere')).headers['content-type']).toBe('application/problem+json')
  expect(await speaksHttp2(port, 'example.org')).toBe(true)
  const log = join(folder, 'data', 'log', `access-${new Date().toISOString().slice(0, 10)}.jsonl`)
  await until('it is noted', () => existsSync(log) && readFileSync(log, 'utf8').includes('"service":"link"'))
  expect(readFileSync(log, 'utf8')).toContain('"from":"127.0.0.0"')
  expect(readFileSync(log, 'utf8')).not.toContain('203.0.113')
}

test.skipIf(!has('nginx') || !has('openssl'))(
  'nginx leads to every host over https, and what clients write of themselves ends there',
  async () => {
    const certificate = spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '1',
      '-subj',
      '/CN=example.org',
      '-keyout',
      join(folder, 'privkey.pem'),
      '-out',
      join(folder, 'fullchain.pem'),
    ])
    expect(certificate.status).toBe(0)
    const [plain, secure] = [await freePort(), await freePort()]
    const own = textOf('deploy/nginx.conf')
      .replaceAll(/^ *listen \[::\].*\n/gm, '')
      .replace('listen 80;', `listen 127.0.0.1:${plain};`)
      .replace('listen 443', `listen 127.0.0.1:${secure}`)
      .replace('127.0.0.1:8080', `127.0.0.1:${it.port}`)
      .replaceAll('/etc/letsencrypt/live/example.org', folder)
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${folder}/${name};`)
      .join(' ')
    const file = join(folder, 'nginx.conf')
    writeFileSync(
      file,
      `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr; events {} http { ${temporary}\n${own}\n}`,
    )
    const checked = spawnSync('nginx', ['-t', '-q', '-p', folder, '-c', file], {
      encoding: 'utf8',
      env: { PATH: '/usr/sbin:/usr/bin' },
    })
    expect(checked.stderr).not.toMatch(/\[(emerg|alert|crit|error)\]/)
    await withProxy('nginx', ['-p', folder, '-c', file], secure, async () => {
      await expectGoodProxy(secure)
      const led = await ask(plain, 'link.example.org', '/venir?x=1', { headers: { host: 'link.example.org' } })
      expect([led.status, led.headers.location]).toEqual([301, 'https://link.example.org/venir?x=1'])
    })
  },
)

test.skipIf(!has('caddy'))('Caddy gets certificates for the hosts that are ours, and for no other', async () => {
  const [plain, secure] = [await freePort(), await freePort()]
  const own = textOf('deploy/Caddyfile')
    .replace(
      'email admin@example.org',
      `http_port ${plain}\n\thttps_port ${secure}\n\tlocal_certs\n\tskip_install_trust\n\tadmin off\n\tstorage file_system ${folder}/caddy`,
    )
    .replace('127.0.0.1:8080', `127.0.0.1:${it.port}`)
    .replace('127.0.0.1:8081', `127.0.0.1:${inner.port}`)
  const file = join(folder, 'Caddyfile')
  writeFileSync(file, own)
  const checked = spawnSync('caddy', ['validate', '--config', file, '--adapter', 'caddyfile'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder },
  })
  expect(checked.status, checked.stderr).toBe(0)
  await withProxy('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], secure, async () => {
    await expectGoodProxy(secure)
    await expect(askProxy(secure, 'evil.example', '/')).rejects.toThrow(/alert|SSL|TLS|ECONNRESET/i)
    const led = await ask(plain, 'link.example.org', '/venir', { headers: { host: 'link.example.org' } })
    expect(led.headers.location).toMatch(/^https:\/\/link\.example\.org/)
  })
})

test.skipIf(!has('systemd-analyze'))('systemd reads the unit, and finds it well shut', () => {
  const unit = join(folder, 'bagad.service')
  writeFileSync(
    unit,
    textOf('deploy/bagad.service')
      .replace('/usr/bin/node', process.execPath)
      .replaceAll(/^(User|Group|Documentation)=.*\n/gm, ''),
  )
  const verified = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' })
  expect(verified.stderr.split('\n').filter((line) => line.includes('bagad.service'))).toEqual([])
  const { stdout } = spawnSync(
    'systemd-analyze',
    ['security', '--offline=true', '--no-pager', join(root, 'deploy/bagad.service')],
    { encoding: 'utf8' },
  )
  const exposure = Number(/Overall exposure level .*: ([\d.]+)/.exec(stdout)?.[1])
  expect(exposure).toBeLessThan(2)
})

describe('what cannot be run here is read', () => {
  // @fastify/swagger brings a parser of YAML; nothing of ours needs one.
  const requireOfSwagger = createRequire(createRequire(import.meta.url).resolve('@fastify/swagger'))
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks at what it gets
  const yaml: { parse: (text: string) => any } = requireOfSwagger('yaml')

  test('the compose file mounts what is there, and sets only what Bagad knows', () => {
    const { services } = yaml.parse(textOf('deploy/compose.yaml'))
    expect(Object.keys(services)).toEqual(['bagad', 'database', 'proxy'])
    for (const mount of services.proxy.volumes.filter((one: string) => one.startsWith('./')))
      expect(existsSync(join(root, 'deploy', mount.split(':')[0]))).toBe(true)
    expect(existsSync(join(root, services.bagad.build.dockerfile))).toBe(true)
    const { settings } = loadConfig({ BAGAD_CONFIG: '/dev/null' }, root, [])
    const known = settings.map(({ schema }) => schema.env)
    for (const name of Object.keys(services.bagad.environment)) expect(known, name).toContain(name)
  })

  test('the container file is one, and starts what is there', () => {
    const text = textOf('deploy/Containerfile')
    expect(validate(text).map(({ range, message }) => ({ line: range.start.line + 1, message }))).toEqual([])
    expect(validate(`${text}\nRUNN x\n`)).toHaveLength(1)
    expect(text).toContain('COPY . .')
    for (const [, path = ''] of text.matchAll(/(?<![/\w])(bin\/[\w.]+)/g))
      expect(existsSync(join(root, path)), path).toBe(true)
    const { settings } = loadConfig({ BAGAD_CONFIG: '/dev/null' }, root, [])
    for (const [, name] of text.matchAll(/\b(BAGAD_\w+)=/g))
      expect(settings.map(({ schema }) => schema.env)).toContain(name)
  })

  test('every alarm, and every metric on the operators’ page, is over something that is told', async () => {
    const { groups } = yaml.parse(textOf('deploy/prometheus-rules.yml'))
    const rules: { alert: string; expr: string; annotations: { summary: string } }[] = groups.flatMap(
      ({ rules: one }: { rules: object[] }) => one,
    )
    expect(rules.length).toBeGreaterThan(5)
    const named = [
      ...(rules.map(({ expr }) => expr).join(' ') + textOf('docs/operators/monitoring.md')).matchAll(/\bbagad_\w+/g),
    ].map(([name]) => name)
    const { text } = await it.instance.platform.metrics.scrape()
    const told = [...text.matchAll(/^# TYPE (\w+) (\w+)/gm)].map(([, name]) => name)
    // The worker tells these, where it runs; serve.ts declares them.
    const ofWorker = [...textOf('src/platform/children/serve.ts').matchAll(/metrics\.watch\(\s*'(\w+)'/g)].map(
      ([, name]) => `bagad_${name}`,
    )
    for (const name of new Set(named))
      expect([...told, ...ofWorker], name).toContain(name.replace(/_(bucket|sum|count)$/, ''))
  })
})

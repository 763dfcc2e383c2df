import { createServer } from 'node:http'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, migratedDatabase, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { until } from '../../../tests/process.ts'
import type { HttpServer } from '../http/server.ts'
import { Metrics } from './metrics.ts'
import { serveMetrics } from './server.ts'
import { link } from '../../commons/link/service.ts'

let it: TestInstance
let inner: HttpServer

beforeAll(async () => {
  it = await openTestInstance({ services: [link] })
  it.instance.platform.metrics.watchProcess()
  inner = await serveMetrics(it.instance.platform, { port: 0, mayMove: false })
})
afterAll(async () => {
  await inner[Symbol.asyncDispose]()
  await it[Symbol.asyncDispose]()
})

const scrape = async () => (await ask(inner.port, 'localhost', '/metrics')).text

/** Value of one series, with its labels as written; undefined when it is not there. */
async function value(series: string): Promise<number | undefined> {
  const line = (await scrape()).split('\n').find((one) => one.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

describe('the inner port', () => {
  test('tells the process, the database and the requests in Prometheus’ form', async () => {
    const answer = await ask(inner.port, 'localhost', '/metrics')
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
      'bagad_database_connections{state="idle"}',
      'bagad_database_waiting',
      'bagad_data_free_bytes',
      'bagad_news_reconnections_total',
      'bagad_http_requests_total',
    ])
      expect(answer.text).toContain(name)
  })

  test('has the health of the process, and nothing else', async () => {
    expect((await ask(inner.port, 'localhost', '/health/live')).json()).toEqual({ status: 'ok' })
    expect((await ask(inner.port, 'localhost', '/health/ready')).json()).toEqual({ status: 'ok' })
    expect((await ask(inner.port, 'localhost', '/')).status).toBe(404)
    expect((await ask(inner.port, 'localhost', '/metrics', { method: 'POST' })).status).toBe(405)
    expect((await it.ask('', '/metrics')).status).toBe(404)
  })

  test('tells a proxy for which hosts to ask for a certificate', async () => {
    const status = async (domain: string) => (await ask(inner.port, 'localhost', `/is-ours?domain=${domain}`)).status
    for (const host of ['localhost', 'link.localhost', 'static.localhost', 'www.localhost'])
      expect(await status(host), host).toBe(200)
    for (const host of ['nobody.localhost', 'evil.example', '', 'constructor'])
      expect(await status(host), host).toBe(404)
  })

  test('says that the process is not ready when the database is away', async () => {
    const connection = await migratedDatabase()
    await using away = await openTestInstance({ services: [link], connection })
    await using port = await serveMetrics(away.instance.platform, { port: 0, mayMove: false })
    const { pool } = it.instance.platform.database
    await pool.query(`alter database ${connection.database} allow_connections false`)
    await pool.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [connection.database])
    const answer = await ask(port.port, 'localhost', '/health/ready')
    expect([answer.status, answer.json()]).toEqual([503, { status: 'database away' }])
  })

  test('that was asked for by name and is taken is refused; a default one gives way', async () => {
    const taken = createServer()
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done))
    const address = taken.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await expect(serveMetrics(it.instance.platform, { port, mayMove: false })).rejects.toThrow(
      `port ${port} is taken. Free it, or set BAGAD_METRICS_PORT`,
    )
    await using moved = await serveMetrics(it.instance.platform, { port, mayMove: true })
    expect(moved.port).not.toBe(port)
    taken.close()
  })
})

describe('requests', () => {
  test('are counted by service, method, route pattern and class of status; a path never shows', async () => {
    await it.ask('link', '/a-secret-slug')
    await it.ask('link', '/a/secret/path')
    await it.ask('link', '/api/v1/links', { method: 'POST', body: { url: 'https://www.brest.fr/' } })
    await it.ask('nobody', '/')
    await until(
      'all are counted',
      async () =>
        (await value('bagad_http_requests_total{service="unknown",method="GET",route="",status="4xx"}')) === 1,
    )
    expect(await value('bagad_http_requests_total{service="link",method="GET",route="/:slug",status="4xx"}')).toBe(1)
    expect(await value('bagad_http_requests_total{service="link",method="GET",route="",status="4xx"}')).toBe(1)
    expect(
      await value('bagad_http_requests_total{service="link",method="POST",route="/api/v1/links",status="2xx"}'),
    ).toBe(1)
    expect(await scrape()).not.toContain('secret')
  })

  test('have a histogram of durations whose last class holds them all', async () => {
    await it.ask('static', '/favicon.svg')
    await until('it is counted', async () => (await value('bagad_http_request_seconds_count{service="static"}')) === 1)
    expect(await value('bagad_http_request_seconds_bucket{le="+Inf",service="static"}')).toBe(1)
    expect(await value('bagad_http_request_seconds_sum{service="static"}')).toBeGreaterThan(0)
    expect(await scrape()).toContain('# TYPE bagad_http_request_seconds histogram')
  })
})

describe('what services measure', () => {
  const log = pino({ level: 'silent' })

  test('is added to where it happens, or read when somebody looks', async () => {
    const metrics = new Metrics(log)
    const ended = metrics.counter('jobs_ended_total', 'Jobs.', ['outcome'])
    ended({ outcome: 'done' })
    ended({ outcome: 'done' }, 2)
    let waiting = 7
    metrics.watch('mail_waiting', 'Mails.', { read: async () => waiting })
    expect((await metrics.scrape()).text).toContain('bagad_jobs_ended_total{outcome="done"} 3')
    waiting = 3
    expect((await metrics.scrape()).text).toContain('bagad_mail_waiting 3')
  })

  test('that cannot be read is left out, and hides nothing else', async () => {
    const metrics = new Metrics(log)
    metrics.watch('broken', 'Broken.', { read: () => Promise.reject(new Error('away')) })
    metrics.watch('hanging', 'Hanging.', { kind: 'total', read: () => new Promise(() => {}) })
    metrics.watch('well', 'Well.', { read: () => 1 })
    const { text } = await metrics.scrape()
    expect(text).toContain('bagad_well 1')
    expect(text).not.toMatch(/^bagad_(broken|hanging) /m)
  })

  test('belongs to one instance: two in one process do not meet', async () => {
    const [one, other] = [new Metrics(log), new Metrics(log)]
    one.watch('same', 'Same.', { read: () => 1 })
    other.watch('same', 'Same.', { read: () => 2 })
    expect((await one.scrape()).text).toContain('bagad_same 1')
    expect((await other.scrape()).text).toContain('bagad_same 2')
  })
})

/** What is promised when something dies: real processes, a real database, and clients that go on asking. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { embeddedConnection } from '../src/platform/database/embedded.ts'
import { Client } from 'pg'
import { ask, BROWSER, openTestInstance, type Answer, type Asking, type TestInstance } from './instance.ts'
import { MailSink } from './mail-sink.ts'
import { OwnCluster } from './own-cluster.ts'
import { dataFolder, freePort, root, Start, until } from './process.ts'
import { link as linkService } from '../src/commons/link/service.ts'

const BAGAD = ['node', join(root, 'bin', 'bagad.mjs')]

/** What every process of these tests is told. */
const COMMON = { BAGAD_LIMITS: 'relaxed', BAGAD_DEMO: 'off', BAGAD_METRICS_PORT: '0' }

const link = (port: number, path: string, asking?: Asking) => ask(port, 'link.localhost', path, asking)
const create = (port: number, body: object) => link(port, '/api/v1/links', { method: 'POST', body })

/** The same, and no answer when the connection breaks. */
const tried = (answer: Promise<Answer>): Promise<Answer | undefined> => answer.catch(() => undefined)

/** Does a work with each item, so many at once. */
async function inParallel<Item>(
  items: Iterable<Item>,
  lanes: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = Iterator.from(items)
  const lane = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

/** Somebody who visits a link again and again until told to stop. */
class Visitor {
  /** When each visit was led on, in milliseconds since 1970. */
  readonly ledOn: number[] = []
  /** Visits without an answer: they may have been counted or not. */
  unanswered = 0
  readonly #stop = new AbortController()
  readonly #visiting: Promise<void>

  constructor(port: number, slug: string) {
    this.#visiting = this.#visit(port, slug)
  }

  async #visit(port: number, slug: string): Promise<void> {
    for (; !this.#stop.signal.aborted; await sleep(3)) {
      const answer = await tried(link(port, `/${slug}`))
      if (answer?.status === 302) this.ledOn.push(Date.now())
      else if (!answer) this.unanswered++
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#visiting
  }
}

describe('a web process that is killed twice', { timeout: 180_000 }, () => {
  const data = dataFolder()
  let one: Start
  let port: number
  beforeAll(async () => {
    one = new Start([...BAGAD, 'start'], { ...COMMON, BAGAD_DATA: data.path, BAGAD_PORT: '0' })
    port = await one.ready()
  })
  afterAll(async () => {
    await one.stop()
    await data.remove()
  })

  /** What a command of `bagad` prints last, beside the server. */
  async function told(...args: string[]): Promise<string> {
    const command = new Start([...BAGAD, ...args], { ...COMMON, BAGAD_DATA: data.path })
    expect(await command.over(), command.output).toBe(0)
    return command.output.trimEnd().split('\n').at(-1) ?? ''
  }

  test('while links are taken down: each decision that was acknowledged stands, whole, once', async () => {
    await told(
      'user',
      'add',
      '--login',
      'yann',
      '--email',
      'yann@example.org',
      '--password',
      'Goélands au-dessus du Moulin Blanc',
      '--role',
      'moderator',
    )
    const key = await told('token', 'add', '--login', 'yann', '--scopes', 'moderation:write')
    const slugs = Array.from({ length: 150 }, (_, index) => `mal-${index}`)
    for (const slug of slugs)
      expect((await create(port, { url: `https://mal.example/${slug}`, slug })).status).toBe(201)
    await link(port, '/api/v1/reports', {
      method: 'POST',
      body: { urls: slugs.slice(0, 20).map((slug) => `link.localhost:${port}/${slug}`), category: 'spam' },
    })
    let decided = 0

    /** Decides until it is acknowledged; that it is decided already is the news of an answer that was lost. */
    async function decide(slug: string): Promise<void> {
      for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(50)) {
        const body = { decision: 'remove', reason: 'Trompe les gens.', block: true, after: 0 }
        const headers = { authorization: `Bearer ${key}` }
        const answer = await tried(
          link(port, `/api/v1/moderation/items/${slug}/decision`, { method: 'POST', headers, body }),
        )
        if (answer?.status === 200 || answer?.status === 409) return void decided++
        if (answer && answer.status !== 503) throw new Error(`${answer.status}: ${answer.text}`)
      }
      throw new Error(`never acknowledged: ${slug}`)
    }

    async function killAt(decisions: number): Promise<void> {
      await until(`${decisions} decisions`, () => decided >= decisions)
      process.kill(one.family(data.path).web, 'SIGKILL')
      expect(decided).toBeLessThan(slugs.length)
    }

    await Promise.all([inParallel(slugs, 8, decide), killAt(40).then(() => killAt(90))])
    const client = new Client(embeddedConnection(data.path))
    await client.connect()
    try {
      const { rows } = await client.query(
        `select (select count(*)::int from link.link where state = 'removed' and slug like 'mal-%') as removed, (select count(*)::int from desk.decision) as decisions,
           (select count(distinct item)::int from desk.decision where changed <> '{}') as items, (select count(*)::int from desk.item where is_open) as open,
           (select count(*)::int from desk.report where settled_at is null) as unsettled, (select count(*)::int from moderation.blocked) as blocked`,
      )
      expect(rows).toEqual([{ removed: 150, decisions: 150, items: 150, open: 0, unsettled: 0, blocked: 150 }])
    } finally {
      await client.end()
    }
    for (const slug of slugs) expect((await link(port, `/${slug}`)).status).toBe(410)
  })

  test('while a thousand links are made: every one that was acknowledged is there and leads, no slug is made twice, and at most the visits of the last moment are lost', async () => {
    const { slug: visited } = (await create(port, { url: 'https://www.ville.example/visited' })).json()
    const visitor = new Visitor(port, visited)
    const killed: number[] = []
    const made = new Map<string, string>()
    let unanswered = 0

    /** Asks until it is acknowledged. */
    async function insist(url: string): Promise<void> {
      for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(50)) {
        const answer = await tried(create(port, { url }))
        if (answer?.status === 201) return void made.set(answer.json().slug, url)
        if (!answer) unanswered++
        else if (answer.status !== 503) throw new Error(`${answer.status}: ${answer.text}`)
      }
      throw new Error(`never acknowledged: ${url}`)
    }

    /** Kills the web process once so many links are acknowledged. */
    async function killAt(links: number): Promise<void> {
      await until(`${links} links`, () => made.size >= links)
      const { web } = one.family(data.path)
      process.kill(web, 'SIGKILL')
      killed.push(Date.now())
      expect(made.size).toBeLessThan(1000)
    }

    await until('there are visits of some batches', () => visitor.ledOn.some((at) => at < Date.now() - 3000))
    const urls = Array.from({ length: 1000 }, (_, index) => `https://www.ville.example/${index}`)
    await Promise.all([inParallel(urls, 8, insist), killAt(300).then(() => killAt(700))])
    expect(one.output.match(/The web process died/g)).toHaveLength(4)
    expect([...made.values()].sort()).toEqual(urls.toSorted())

    await until('visits go on', () => (visitor.ledOn.at(-1) ?? 0) > Math.max(...killed))
    await visitor.stop()
    const wrong: string[] = []
    await inParallel(made, 16, async ([slug, url]) => {
      const { status, headers } = await link(port, `/${slug}`)
      if (status !== 302 || headers.location !== url) wrong.push(`${slug}: ${status}`)
    })
    expect(wrong).toEqual([])

    const client = new Client(embeddedConnection(data.path))
    await client.connect()
    const read = async () =>
      (
        await client.query<{ links: number; clicks: number }>(
          `select count(*)::int as links, sum(clicks) filter (where slug = $1)::int as clicks from link.link where slug not like 'mal-%'`,
          [visited],
        )
      ).rows[0] ?? { links: 0, clicks: 0 }
    try {
      // A batch is written each second; writing it, and a busy machine, take a little too.
      const lost = visitor.ledOn.filter((at) => killed.some((kill) => at > kill - 1500 && at <= kill + 100)).length
      await until('the visits are written', async () => (await read()).clicks >= visitor.ledOn.length - lost)
      await sleep(1500)
      const { links, clicks } = await read()
      console.log(
        `${links} links for 1001 acknowledgements and ${unanswered} requests without an answer; ${visitor.ledOn.length} visits led on, ${clicks} counted, ${lost} in the last moments`,
      )
      expect(clicks).toBeLessThanOrEqual(visitor.ledOn.length + visitor.unanswered)
      expect(links).toBeGreaterThanOrEqual(1001)
      expect(links).toBeLessThanOrEqual(1001 + unanswered)
    } finally {
      await client.end()
    }
  })
})

describe('with a database of its own', { timeout: 180_000 }, () => {
  let cluster: OwnCluster
  beforeAll(async () => {
    cluster = await OwnCluster.open()
  })
  afterAll(() => cluster[Symbol.asyncDispose]())

  describe('that is stopped and started again', () => {
    const data = dataFolder()
    let one: Start
    let port: number
    let served = 0

    beforeAll(async () => {
      one = new Start([...BAGAD, 'start'], {
        ...COMMON,
        BAGAD_DATA: data.path,
        BAGAD_PORT: '0',
        DATABASE_URL: cluster.url(),
      })
      port = await one.ready()
    })
    afterAll(async () => {
      await one.stop()
      await data.remove()
    })

    const make = async (name: string): Promise<string> => {
      const answer = await create(port, { url: `https://www.ville.example/${name}` })
      expect(answer.status).toBe(201)
      return answer.json().slug
    }
    const visit = async (slug: string): Promise<number> => {
      const { status } = await link(port, `/${slug}`)
      if (status === 302) served++
      return status
    }
    const ready = async () => (await ask(port, 'localhost', '/health/ready')).status
    const counted = async () =>
      Number((await cluster.query<{ clicks: number }>('select sum(clicks) as clicks from link.link'))[0]?.clicks)

    test('what is remembered leads on, what needs the database says so and keeps what was written, and all comes back by itself', async () => {
      const { web, worker } = one.family(data.path)
      const slugs = await Promise.all(['one', 'two', 'three'].map(make))
      for (const slug of slugs) expect(await visit(slug)).toBe(302)

      // Whoever asks at the very moment gets a link, or is told to try again.
      const acknowledged: string[] = []
      const statuses = new Set<number>()
      const asking = inParallel(
        Array.from({ length: 400 }, (_, number) => `https://www.ville.example/${number}`),
        16,
        async (url) => {
          const answer = await create(port, { url })
          statuses.add(answer.status)
          if (answer.status === 201) acknowledged.push(answer.json().slug)
        },
      )
      await until('some are made', () => acknowledged.length >= 50)
      await cluster.stop()
      await asking
      expect(statuses).toEqual(new Set([201, 503]))

      for (let round = 0; round < 20; round++) for (const slug of slugs) expect(await visit(slug)).toBe(302)
      const form = new URLSearchParams({ url: 'https://www.ville.example/unsaid' })
      const page = await link(port, '/', { method: 'POST', headers: BROWSER, body: form })
      expect([page.status, page.text]).toEqual([
        503,
        expect.stringContaining('value="https://www.ville.example/unsaid"'),
      ])
      const problem = await create(port, { url: 'https://www.ville.example/unsaid' })
      expect([problem.status, problem.headers['content-type']]).toEqual([503, 'application/problem+json'])
      for (const path of [`/${slugs[0]}+`, '/never-heard-of', '/stats'])
        expect([200, 503], path).toContain((await link(port, path, { headers: BROWSER })).status)
      for (const path of ['/', '/chiffres', '/statut'])
        expect((await ask(port, 'localhost', path, { headers: BROWSER })).status, path).toBe(503)
      // Who may be signed in is not taken for a stranger because nobody can look: what strangers still get, they are
      // told to wait for.
      expect((await link(port, '/api/v1/csrf')).status).toBe(200)
      expect((await link(port, '/api/v1/csrf', { headers: { cookie: '__Host-bagad=somebody' } })).status).toBe(503)
      expect(await ready()).toBe(503)

      await cluster.start()
      await until('it is ready again', async () => (await ready()) === 200)
      expect(await cluster.query('select from link.link where slug = any ($1)', [acknowledged])).toHaveLength(
        acknowledged.length,
      )
      const later = await make('later')
      expect(await visit(later)).toBe(302)
      for (const slug of slugs) expect(await visit(slug)).toBe(302)
      await until('all visits are counted', async () => (await counted()) >= served)
      await sleep(1500)
      expect(await counted()).toBe(served)

      await cluster.query(`select graphile_worker.add_job('platform.sample-figures')`)
      await until(
        'the worker works again',
        async () =>
          (await cluster.query(`select from graphile_worker.jobs where task_identifier = 'platform.sample-figures'`))
            .length === 0,
      )
      expect(one.family(data.path)).toMatchObject({ web, worker })
    })

    test('a link that was taken down while a process was cut off from news stops when news comes back', async () => {
      const slug = await make('taken-down')
      const other = await make('stays')
      expect([await visit(slug), await visit(other)]).toEqual([302, 302])
      await cluster.cutOff(async (query) => {
        await query(`update link.link set state = 'removed' where slug = $1`, [slug])
        await sleep(500)
        expect([await visit(slug), await visit(other)]).toEqual([302, 302])
      })
      await until('it is gone', async () => (await visit(slug)) === 410)
      expect(await visit(other)).toBe(302)
      await until('all visits are counted', async () => (await counted()) >= served)
      await sleep(1500)
      expect(await counted()).toBe(served)
    })
  })

  describe('that two web and two worker processes share', () => {
    const DATABASE = 'shared'
    const data = dataFolder()
    const starts: Start[] = []
    let sink: MailSink
    let env: Record<string, string>
    let ports: [number, number]
    let workers: [Start, Start]
    let it: TestInstance

    const query = <Row extends object>(sql: string, values: unknown[] = []) =>
      cluster.query<Row>(sql, values, { database: DATABASE })
    /** Whether no job of a kind waits or runs. */
    const isDone = async (job: string) =>
      (await query('select from graphile_worker.jobs where task_identifier = $1', [job])).length === 0
    const write = (to: string) =>
      it.instance.platform.mail.send(it.instance.platform.database.schema('outbox'), {
        to,
        language: 'fr',
        subject: 'Bonjour',
        paragraphs: ['Un mot.'],
      })

    function serve(role: 'web' | 'worker', more: Record<string, string>): Start {
      const one = new Start([...BAGAD, 'serve', '--role', role], { ...env, ...more })
      starts.push(one)
      return one
    }

    async function work(): Promise<Start> {
      const port = await freePort()
      const one = serve('worker', { BAGAD_METRICS_PORT: String(port) })
      await isReady(port, one)
      return one
    }

    beforeAll(async () => {
      sink = await MailSink.open()
      mkdirSync(data.path)
      const file = join(data.path, '..', 'bagad.toml')
      writeFileSync(file, '[legal]\nabuse_email = "team@example.org"\n')
      env = {
        ...COMMON,
        BAGAD_CONFIG: file,
        BAGAD_DATA: data.path,
        BAGAD_LOG_LEVEL: 'info',
        BAGAD_SMTP_RELAY: `127.0.0.1:${sink.port}`,
        DATABASE_URL: cluster.url(DATABASE),
      }
      await cluster.query(`create database ${DATABASE}`)
      it = await openTestInstance({ services: [linkService], connection: cluster.connection(DATABASE), env })
      // The clock's work is done at seventeen past, and was not the last time: each worker that starts finds that it
      // was missed once.
      await query(
        `insert into graphile_worker._private_known_crontabs (identifier, known_since, last_execution) values ('platform.purge', now() - interval '9 days', date_trunc('hour', now() - interval '17 minutes') + interval '16 minutes')`,
      )
      ports = [await freePort(), await freePort()]
      const webs = ports.map((port) => ({ port, one: serve('web', { BAGAD_PORT: String(port) }) }))
      workers = await Promise.all([work(), work()])
      for (const { port, one } of webs) await isReady(port, one)
    }, 120_000)
    afterAll(async () => {
      await Promise.all(starts.map((one) => one.stop()))
      await it[Symbol.asyncDispose]()
      await sink[Symbol.asyncDispose]()
      await data.remove()
    })

    test('the clock’s work that both workers find undone is done once', async () => {
      await until(
        'it is done',
        async () =>
          workers.some(({ output }) => output.includes('what was over its time is gone')) &&
          (await isDone('platform.purge')),
      )
      expect(
        workers
          .map(({ output }) => output.match(/what was over its time is gone/g)?.length ?? 0)
          .reduce((sum, times) => sum + times),
      ).toBe(1)
    })

    test('fifty e-mails are sent once each', async () => {
      const readers = Array.from({ length: 50 }, (_, number) => `reader-${number}@example.org`)
      await Promise.all(readers.map(write))
      await until('they are sent', async () => sink.taken.length >= 50 && (await isDone('platform.send-email')))
      expect(sink.taken.map(readerOf).toSorted((one, other) => one.localeCompare(other))).toEqual(
        readers.toSorted((one, other) => one.localeCompare(other)),
      )
      expect(await query(`select state, count(*)::int from outbox.email group by state`)).toEqual([
        { state: 'sent', count: 50 },
      ])
    })

    test('a wave of links that twenty jobs see at once is told to the team once', async () => {
      sink.reset()
      await Promise.all(
        Array.from({ length: 40 }, (_, number) =>
          create(ports[number % 2] ?? 0, { url: `https://www.ville.example/wave/${number}` }),
        ),
      )
      await query(`select graphile_worker.add_job('link.detect-surge') from generate_series(1, 20)`)
      await until('all have looked', () => isDone('link.detect-surge'))
      await until('the letter is sent', () => isDone('platform.send-email'))
      expect(sink.taken.map(readerOf)).toEqual(['team@example.org'])
    })

    test('the e-mail that a killed worker was sending is sent by the other', async () => {
      sink.reset()
      await workers[1].stop()
      let isHeld = true
      sink.toLetter = () => (isHeld ? new Promise(() => {}) : undefined)
      await write('late@example.org')
      await until('it is being sent', () => sink.seen.length === 1)
      const other = await work()
      isHeld = false
      process.kill(workers[0].served, 'SIGKILL')
      await workers[0].over()
      await until('the other has sent it', async () => sink.taken.length > 0 && (await isDone('platform.send-email')))
      expect(sink.seen).toHaveLength(2)
      expect(sink.taken).toHaveLength(1)
      workers = [other, await work()]
    })

    test('a link that is changed or switched off through one process is so in the other within a moment', async () => {
      const [one, other] = ports
      const { slug, manage } = (await create(one, { url: 'https://www.ville.example/' })).json()
      const { pathname } = new URL(manage)
      const told = async () => [await link(one, `/${slug}`), await link(other, `/${slug}`)]
      expect((await told()).map(({ status }) => status)).toEqual([302, 302])
      const post = (port: number, path: string, body: Record<string, string>) =>
        link(port, path, { method: 'POST', body: new URLSearchParams(body) })
      expect((await post(other, pathname, { url: 'https://ailleurs.example/' })).status).toBe(303)
      await until(
        'both lead elsewhere',
        async () => (await told()).every(({ headers }) => headers.location === 'https://ailleurs.example/'),
        3000,
      )
      expect((await post(one, `${pathname}/switch`, { to: 'off' })).status).toBe(303)
      await until('both have stopped', async () => (await told()).every(({ status }) => status === 410), 3000)
    })

    test('visits through both add up exactly', async () => {
      const slugs: string[] = []
      for (let number = 0; number < 5; number++)
        slugs.push((await create(ports[number % 2] ?? 0, { url: `https://www.ville.example/${number}` })).json().slug)
      const visits = Array.from({ length: 1000 }, (_, number) => number)
      await inParallel(visits, 20, async (number) => {
        expect((await link(ports[number % 2] ?? 0, `/${slugs[number % 5]}`)).status).toBe(302)
      })
      const counted = () =>
        query<{ clicks: number; days: number }>(
          'select clicks::int, (select sum(clicks)::int from link.link_day where link_id = id) as days from link.link where slug = any ($1)',
          [slugs],
        )
      await until(
        'they are written',
        async () => (await counted()).reduce((sum, { clicks }) => sum + clicks, 0) >= 1000,
      )
      await sleep(1500)
      expect(await counted()).toEqual(slugs.map(() => ({ clicks: 200, days: 200 })))
    })

    test('of sixty-four who want one name at once, one gets it, and the others are told that it is taken', async () => {
      const answers = await Promise.all(
        Array.from({ length: 64 }, (_, number) =>
          create(ports[number % 2] ?? 0, { url: `https://www.ville.example/${number}`, slug: 'wanted' }),
        ),
      )
      const winners = answers.filter(({ status }) => status === 201)
      expect(winners).toHaveLength(1)
      const refused = answers.filter(({ status }) => status === 409).map((answer) => answer.json())
      expect(refused).toHaveLength(63)
      for (const { type, field } of refused)
        expect([type, field]).toEqual([expect.stringMatching(/\/problems\/link\/slug-taken$/), 'slug'])
      expect((await link(ports[0], '/wanted')).headers.location).toBe(winners[0]?.json().url)
    })

    test('a link with a password and ten visits leads exactly ten of sixty who come at once', async () => {
      const { slug, manage } = (
        await create(ports[0], { url: 'https://www.ville.example/', password: 'sésame' })
      ).json()
      const limited = await link(ports[1], new URL(manage).pathname, {
        method: 'POST',
        body: new URLSearchParams({ maxVisits: '10' }),
      })
      expect(limited.status).toBe(303)
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, number) =>
          link(ports[number % 2] ?? 0, `/${slug}`, {
            method: 'POST',
            body: new URLSearchParams({ password: 'sésame' }),
          }),
        ),
      )
      const led = answers.filter(({ headers }) => headers.location === 'https://www.ville.example/')
      expect(led).toHaveLength(10)
      expect(answers.filter(({ status }) => status === 410)).toHaveLength(50)
    })
  })
})

/** Whom a whole e-mail is for. */
function readerOf(letter: string): string {
  return /^To: (.*)$/im.exec(letter)?.[1]?.trim() ?? ''
}

async function isReady(port: number, one: Start): Promise<void> {
  const answers = async () => (await tried(ask(port, 'localhost', '/health/ready')))?.status === 200
  await until(`ready on ${port}`, answers).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${one.output}`)
  })
}

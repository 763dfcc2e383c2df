import { request, Agent } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppPasswords } from '../src/house/identity/proofs/app-passwords.ts'
import type { IdentityTables } from '../src/house/identity/tables.ts'
import { Database } from '../src/platform/database/database.ts'
import { InstanceKey } from '../src/platform/keys/instance-key.ts'
import { hashPassword, isPassword } from '../src/platform/passwords/passwords.ts'
import { median, type Bench } from './bench.ts'
import { Installation } from './installation.ts'

const PASSWORD = 'Goélands au-dessus du Moulin Blanc'
const ID = 'id.localhost'
const LINK = 'link.localhost'
/** A route that asks the database one thing, with and without somebody signed in. */
const ROUTE = '/api/v1/links/free?slug=venir'

/** Sign-ins a minute that arrive while other routes are measured, and seconds of it. */
const STORM = { perMinute: 10_000, seconds: 10 }

interface Answer {
  status: number
  milliseconds: number
  cookies: string[]
  location: string
  text: string
}

/** Sign-ins against the hash itself; what a session costs a request; app passwords against argon2; others while many sign in. */
export const bench: Bench = async ({ say }) => {
  const bagad = new Installation()
  try {
    await bagad.start()
    bagad.command(['user', 'add', '--login', 'anne', '--email', 'anne@example.org', '--password', PASSWORD])
    const memory = bagad.memory()
    const ask = asker(bagad.port)

    const phc = await hashPassword(PASSWORD)
    const hash = median(await times(20, () => timed(() => isPassword(PASSWORD, phc))))
    const form = await signInForm(ask)
    const signIn = median(await times(20, async () => (await ask(ID, '/login', { cookie: form.cookie, body: form.of('anne', PASSWORD) })).milliseconds))
    say(`sign-in by password: ${round(signIn)} ms, the hash alone ${round(hash)} ms: ${round(signIn - hash)} ms more (at most 15)`)

    const session = await signedIn(ask, form)
    const anonymous = await costOf(bagad, ask, {})
    const authenticated = await costOf(bagad, ask, { cookie: session })
    say(
      `a request: ${round(anonymous.microseconds)} µs and ${anonymous.queries} queries for a stranger, ${round(authenticated.microseconds)} µs and ${authenticated.queries} queries with a session: ${round((authenticated.microseconds - anonymous.microseconds) / 1000, 3)} ms more (at most 0.3)`,
    )

    const appPassword = await costOfAppPassword(bagad)
    const { looked, remembered } = appPassword
    say(
      `app password: ${round(remembered * 1000)} µs, and once a minute ${round(looked * 1000)} µs, against ${round(hash * 1000)} µs of argon2: ${Math.round(hash / remembered)} and ${Math.round(hash / looked)} times cheaper (at least 50)`,
    )

    const calm = await others(ask, async () => sleep(STORM.seconds * 1000))
    let arrived = 0
    let busy = 0
    const stormy = await others(ask, async () => {
      const waiting: Promise<void>[] = []
      const every = 60_000 / STORM.perMinute
      const began = performance.now()
      while (performance.now() - began < STORM.seconds * 1000) {
        if (arrived * every > performance.now() - began) await sleep(2)
        else
          waiting.push(
            ask(ID, '/login', { cookie: form.cookie, body: form.of(`nobody-${arrived++}`, 'wrong') }).then(({ status }) => void (status === 503 && busy++)),
          )
      }
      await Promise.all(waiting)
    })
    say(
      `others while ${arrived} sign-ins arrive in ${STORM.seconds} s (${busy} of them told to come back): p99 ${round(stormy)} ms, calm ${round(calm)} ms: ${round(stormy / calm, 2)} times (under 2)`,
    )
    return { memory, hash, signIn, anonymous, authenticated, appPassword, storm: { calm, stormy, arrived, busy } }
  } finally {
    await bagad.remove()
  }
}

type Ask = ReturnType<typeof asker>

function asker(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 })
  return (host: string, path: string, { cookie = '', body }: { cookie?: string; body?: URLSearchParams } = {}): Promise<Answer> => {
    const began = performance.now()
    const content = body?.toString()
    const headers = {
      host: `${host}:${port}`,
      accept: 'text/html',
      ...(cookie && { cookie }),
      ...(content !== undefined && { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(content.length) }),
    }
    return new Promise((resolve, reject) => {
      const asked = request({ agent, host: '127.0.0.1', port, path, method: content === undefined ? 'GET' : 'POST', headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (part: string) => (text += part))
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            milliseconds: performance.now() - began,
            cookies: (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0] ?? ''),
            location: answer.headers.location ?? '',
            text,
          }),
        )
      })
      asked.on('error', reject)
      asked.end(content)
    })
  }
}

/** The form of the sign-in: its cookie, and what is sent with it. */
async function signInForm(ask: Ask): Promise<{ cookie: string; of(login: string, password: string): URLSearchParams }> {
  const page = await ask(ID, '/login')
  const token = /name="_csrf" value="([\w-]+)"/.exec(page.text)?.[1] ?? ''
  return { cookie: page.cookies.join('; '), of: (username, password) => new URLSearchParams({ _csrf: token, username, password }) }
}

/** The cookie of a browser that is signed in on the host of links. */
async function signedIn(ask: Ask, form: Awaited<ReturnType<typeof signInForm>>): Promise<string> {
  const sessionOf = ({ cookies }: Answer) => cookies.find((cookie) => /^__Host-bagad=./.test(cookie)) ?? ''
  const own = sessionOf(await ask(ID, '/login', { cookie: form.cookie, body: form.of('anne', PASSWORD) }))
  const state = 'a'.repeat(22)
  const { location } = await ask(ID, `/sso?host=${LINK}&next=/&state=${state}`, { cookie: own })
  const path = location.slice(location.indexOf('/_sso'))
  return sessionOf(await ask(LINK, path, { cookie: `__Host-sso=${state}` }))
}

/** What one request costs: microseconds in the middle, and queries. */
async function costOf(bagad: Installation, ask: Ask, how: { cookie?: string }): Promise<{ microseconds: number; queries: number }> {
  await times(200, () => ask(LINK, ROUTE, how))
  const before = await transactions(bagad)
  const taken = await times(1000, async () => (await ask(LINK, ROUTE, how)).milliseconds)
  const after = await transactions(bagad)
  return { microseconds: median(taken) * 1000, queries: round((after - before) / 1000, 2) }
}

/** Transactions that the database has counted: each query of ours outside of one is one. */
async function transactions(bagad: Installation): Promise<number> {
  await sleep(1500)
  const [row] = await bagad.query<{ count: string }>(`select xact_commit::text as count from pg_stat_database where datname = 'bagad'`)
  return Number(row?.count ?? 0)
}

/**
 * Milliseconds of one check of an app password, the way each request of a calendar goes: looked up once a minute, remembered
 * in between.
 */
async function costOfAppPassword(bagad: Installation): Promise<{ looked: number; remembered: number }> {
  await using database = new Database({ host: join(bagad.data, 'run'), user: 'bagad', database: 'bagad' })
  const db = database.schema<IdentityTables>('identity')
  const key = InstanceKey.open({ data: bagad.data })
  const passwords = new AppPasswords({ db, key, news: { subscribe: () => {} } })
  const { id, login, name } = await db.selectFrom('account').select(['id', 'login', 'name']).where('login', '=', 'anne').executeTakeFirstOrThrow()
  const { secret } = await passwords.make(db, id, 'bench', ['dav'])
  const looked = median(await times(300, () => timed(() => passwords.find(secret, 'dav', '127.0.0.1'))))
  passwords.remember(secret, 'dav', { caller: { id, login, name, scopes: ['dav:write'], roles: [] }, email: null })
  const remembered = median(await times(1000, () => timed(async () => passwords.remembered(secret, 'dav'))))
  return { looked, remembered }
}

/** The slowest hundredth of other requests, in milliseconds, while something goes on. */
async function others(ask: Ask, meanwhile: () => Promise<void>): Promise<number> {
  const taken: number[] = []
  const over = new AbortController()
  const asking = Promise.all(
    Array.from({ length: 4 }, async () => {
      while (!over.signal.aborted) {
        taken.push((await ask(LINK, ROUTE)).milliseconds)
        await sleep(5)
      }
    }),
  )
  await meanwhile()
  over.abort()
  await asking
  return taken.toSorted((a, b) => a - b)[Math.floor(taken.length * 0.99)] ?? 0
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await act()
  return performance.now() - began
}

async function times(count: number, act: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = []
  for (let time = 0; time < count; time++) {
    const told = await act()
    if (typeof told === 'number') taken.push(told)
  }
  return taken
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits))
}

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppPasswords } from '../src/house/identity/proofs/app-passwords.ts'
import type { IdentityTables } from '../src/house/identity/tables.ts'
import { Database } from '../src/platform/database/database.ts'
import { InstanceKey } from '../src/platform/keys/instance-key.ts'
import { hashPassword, isPassword } from '../src/platform/passwords/passwords.ts'
import { median, type Bench } from './bench.ts'
import { Installation } from './installation.ts'
import { openFlow } from './openid-flow.ts'
import { asker, sessionOf, signedIn, signInForm, type Ask } from './signed-in.ts'

const PASSWORD = 'Goélands au-dessus du Moulin Blanc'
const ID = 'id.localhost'
const LINK = 'link.localhost'
/** A route that asks the database one thing, with and without a session. */
const ROUTE = '/api/v1/links/free?slug=venir'

/** People who have an account, and the times that each of the two ways of being wrong is measured. */
const PEOPLE = 5000
const WRONG = 40

/** Sign-ins at once, and of each person so many. */
const SIGN_INS = { people: 4, each: 15 }

/** Whole ways through OpenID Connect: so many people at once, each so often, in turns with the peer. */
const FLOWS = { turns: 8, people: 8, each: 5 }

/** Sign-ins a minute that arrive while other routes are measured, and seconds of it. */
const STORM = { perMinute: 10_000, seconds: 10 }

/**
 * Sign-ins against the hash itself, one and several at once, and what is wrong against what is unknown; what a session
 * costs a request; app passwords against argon2; the lists of people; OpenID Connect against its library alone; others
 * while many sign in.
 */
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
    // A browser from which she has signed in before, as browsers mostly are.
    const { cookies } = await ask(ID, '/login', { cookie: form.cookie, body: form.of('anne', PASSWORD) })
    const known = `${form.cookie}; ${cookies.find((cookie) => cookie.startsWith('__Host-device=')) ?? ''}`
    const signIn = median(
      await times(
        40,
        async () => (await ask(ID, '/login', { cookie: known, body: form.of('anne', PASSWORD) })).milliseconds,
      ),
    )
    say(
      `sign-in by password: ${round(signIn)} ms, the hash alone ${round(hash)} ms: ${round(signIn - hash)} ms more (at most 15)`,
    )

    const perSecond = {
      hashes: await rate(() => isPassword(PASSWORD, phc)),
      signIns: await rate(() => ask(ID, '/login', { cookie: known, body: form.of('anne', PASSWORD) })),
    }
    say(
      `${SIGN_INS.people} people who sign in at once: ${round(perSecond.signIns)} a second, the hash alone ${round(perSecond.hashes)}: ${round(perSecond.signIns / perSecond.hashes, 2)} of it`,
    )

    await fill(bagad)
    const wrong = await costOfWrong(ask, form)
    say(
      `what is wrong: ${round(wrong.password)} ms for a password, ${round(wrong.login)} ms for a login that nobody has: ${round(wrong.password / wrong.login, 2)} times (0.9 to 1.1)`,
    )

    const session = await signedIn(ask, LINK, 'anne', PASSWORD)
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

    const people = await costOfPeople(bagad, ask, form)
    say(
      `the page of ${PEOPLE} people: ${round(people.all)} ms, a search among them ${round(people.search)} ms (at most 100)`,
    )

    const openId = await openIdFlows(bagad, ask, form)
    say(
      `code with PKCE, tokens and who it is: ${round(openId.ours)} ways a second, the library alone in memory ${round(openId.bare)}: ${round(openId.ours / openId.bare, 2)} times (at least 0.7)`,
    )

    const calm = await others(ask, async () => sleep(STORM.seconds * 1000))
    const limit = await besideHashing(() => others(ask, async () => sleep(STORM.seconds * 1000)))
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
            ask(ID, '/login', { cookie: form.cookie, body: form.of(`nobody-${arrived++}`, 'wrong') }).then(
              ({ status }) => void (status === 503 && busy++),
            ),
          )
      }
      await Promise.all(waiting)
    })
    say(
      `others while ${arrived} sign-ins arrive in ${STORM.seconds} s (${busy} of them told to come back): p99 ${round(stormy)} ms, calm ${round(calm)} ms: ${round(stormy / calm, 2)} times (under 2); while a process beside hashes without end ${round(limit)} ms, which is what the machine allows`,
    )
    return {
      memory,
      hash,
      signIn,
      perSecond,
      wrong,
      anonymous,
      authenticated,
      appPassword,
      people,
      openId,
      storm: { calm, limit, stormy, arrived, busy },
    }
  } finally {
    await bagad.remove()
  }
}

type SignInForm = Awaited<ReturnType<typeof signInForm>>

/** Makes the other accounts, as far as lists and failures know them; each has anne's password. */
async function fill(bagad: Installation): Promise<void> {
  const text = `with made as (
      insert into identity.account (id, login, name, state, user_handle)
        select gen_random_uuid(), 'person-' || n, 'Person ' || md5(n::text), 'active', sha256(n::text::bytea) from generate_series(1, $1) n returning id, login
    ), addressed as (
      insert into identity.email (address, account, verified_at) select login || '@example.org', id, now() from made
    ), kept as (
      insert into identity.password (account, hash, changed_at)
        select made.id, hash, now() from made, identity.password p join identity.account a on a.id = p.account and a.login = 'anne'
    )
    insert into identity.role_grant (account, role) select id, 'member' from made`
  await bagad.query(text, [PEOPLE])
  await bagad.query('analyze')
}

/**
 * Milliseconds until it is told that a password is wrong, and that a login is; in turns, each time of somebody else.
 */
async function costOfWrong(ask: Ask, form: SignInForm): Promise<{ password: number; login: number }> {
  const taken: { password: number[]; login: number[] } = { password: [], login: [] }
  for (let turn = 1; turn <= WRONG; turn++) {
    const wrong = async (username: string) =>
      (await ask(ID, '/login', { cookie: form.cookie, body: form.of(username, 'wrong') })).milliseconds
    taken.password.push(await wrong(`person-${turn}`))
    taken.login.push(await wrong(`stranger-${turn}`))
  }
  return { password: median(taken.password), login: median(taken.login) }
}

/** Milliseconds of the administration's list of people, and of a search in it. */
async function costOfPeople(bagad: Installation, ask: Ask, form: SignInForm): Promise<{ all: number; search: number }> {
  bagad.command(['user', 'role', 'anne', '--add', 'admin'])
  const cookie = sessionOf(await ask(ID, '/login', { cookie: form.cookie, body: form.of('anne', PASSWORD) }))
  const page = async (path: string) => {
    const { status, milliseconds } = await ask(ID, path, { cookie })
    if (status !== 200) throw new Error(`${path} answered ${status}`)
    return milliseconds
  }
  return {
    all: median(await times(20, () => page('/administration'))),
    search: median(await times(20, () => page('/administration?q=person-4321'))),
  }
}

/** Whole ways through OpenID Connect a second, ours and those of the library alone, in turns. */
async function openIdFlows(bagad: Installation, ask: Ask, form: SignInForm): Promise<{ ours: number; bare: number }> {
  const metadata = join(bagad.data, '..', 'application.json')
  writeFileSync(
    metadata,
    JSON.stringify({
      client_name: 'Bench',
      redirect_uris: ['https://app.example/back'],
      grant_types: ['authorization_code'],
    }),
  )
  const told = bagad.command(['oidc', 'client', 'add', '--json', metadata, '--own']).trim().split('\n').at(-1) ?? ''
  const made: { client_id: string; client_secret: string } = JSON.parse(told)
  const peer = spawn(process.execPath, [join(import.meta.dirname, 'bare-provider.ts')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  try {
    const port = await new Promise<number>((resolve, reject) => {
      peer.once('message', (message: { port: number }) => resolve(message.port))
      peer.once('exit', () => reject(new Error('the peer could not start')))
    })
    const cookie = sessionOf(await ask(ID, '/login', { cookie: form.cookie, body: form.of('anne', PASSWORD) }))
    const flows = {
      ours: await openFlow({
        host: ID,
        port: bagad.port,
        client: made.client_id,
        secret: made.client_secret,
        cookies: [cookie],
      }),
      bare: await openFlow({ host: '127.0.0.1', port, client: 'bench', secret: 'bench-'.padEnd(48, 'x') }),
    }
    const taken: { ours: number[]; bare: number[] } = { ours: [], bare: [] }
    for (let turn = 0; turn <= FLOWS.turns; turn++)
      for (const name of ['ours', 'bare'] as const) {
        // The first way asks for consent, or gives it.
        if (turn === 0) await flows[name]()
        const milliseconds = await timed(() =>
          Promise.all(Array.from({ length: FLOWS.people }, () => times(FLOWS.each, flows[name]))),
        )
        if (turn > 0) taken[name].push(milliseconds)
      }
    const perSecond = (milliseconds: number[]) => (FLOWS.people * FLOWS.each * 1000) / median(milliseconds)
    return { ours: perSecond(taken.ours), bare: perSecond(taken.bare) }
  } finally {
    peer.kill()
  }
}

/** Does something while another process hashes one password after the other. */
async function besideHashing<T>(work: () => Promise<T>): Promise<T> {
  const parameters = `{ message: 'x', nonce: Buffer.alloc(16), memory: 19456, passes: 2, parallelism: 1, tagLength: 32 }`
  const beside = spawn(
    process.execPath,
    ['-e', `for (;;) require('node:crypto').argon2Sync('argon2id', ${parameters})`],
    { stdio: 'ignore' },
  )
  try {
    return await work()
  } finally {
    beside.kill()
  }
}

/** What one request costs: microseconds in the middle, and queries. */
async function costOf(
  bagad: Installation,
  ask: Ask,
  how: { cookie?: string },
): Promise<{ microseconds: number; queries: number }> {
  await times(200, () => ask(LINK, ROUTE, how))
  const before = await transactions(bagad)
  const taken = await times(1000, async () => (await ask(LINK, ROUTE, how)).milliseconds)
  const after = await transactions(bagad)
  return { microseconds: median(taken) * 1000, queries: round((after - before) / 1000, 2) }
}

/** Transactions that the database has counted: each query of ours outside of one is one. */
async function transactions(bagad: Installation): Promise<number> {
  await sleep(1500)
  const [row] = await bagad.query<{ count: string }>(
    `select xact_commit::text as count from pg_stat_database where datname = 'bagad'`,
  )
  return Number(row?.count ?? 0)
}

/**
 * Milliseconds of one check of an app password, the way each request of a calendar goes: looked up once a minute,
 * remembered in between.
 */
async function costOfAppPassword(bagad: Installation): Promise<{ looked: number; remembered: number }> {
  await using database = new Database({ host: join(bagad.data, 'run'), user: 'bagad', database: 'bagad' })
  const db = database.schema<IdentityTables>('identity')
  const key = InstanceKey.open({ data: bagad.data })
  const passwords = new AppPasswords({ db, key, pubsub: { subscribe: () => {} } })
  const { id, login, name } = await db
    .selectFrom('account')
    .select(['id', 'login', 'name'])
    .where('login', '=', 'anne')
    .executeTakeFirstOrThrow()
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

/** How often in a second something is done by people who sign in at once. */
async function rate(act: () => Promise<unknown>): Promise<number> {
  const milliseconds = await timed(() =>
    Promise.all(Array.from({ length: SIGN_INS.people }, () => times(SIGN_INS.each, act))),
  )
  return (SIGN_INS.people * SIGN_INS.each * 1000) / milliseconds
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

/** People for tests: accounts, keys, and browsers that are signed in, made as the house makes them. */
import type { Role } from '../src/platform/access/roles.ts'
import { openContext, type IdentityContext } from '../src/house/identity/context.ts'
import { hashPassword } from '../src/platform/passwords/passwords.ts'
import { BROWSER, type Answer, type Asking, type TestInstance } from './instance.ts'

/** A strong password, the same for every account in tests. */
export const PASSWORD = 'Goélands au-dessus du Moulin Blanc'

const furnished = new WeakMap<TestInstance, IdentityContext>()

/** What the instance's identity stands on. */
export function roomsOf(it: TestInstance): IdentityContext {
  const rooms = furnished.get(it) ?? openContext(it.instance.platform)
  furnished.set(it, rooms)
  return rooms
}

const hashes = new Map<string, Promise<string>>()

/** A password is hashed once for all who have it. */
function hashOf(password: string): Promise<string> {
  const hash = hashes.get(password) ?? hashPassword(password)
  hashes.set(password, hash)
  return hash
}

/** The number of an account, which is made when it is not there. */
export async function personIn(
  it: TestInstance,
  login: string,
  { roles = [], password }: { roles?: Role[]; password?: string } = {},
): Promise<string> {
  const { db, accounts, roles: grants, passwords } = roomsOf(it)
  const there = await accounts.find(login)
  return db.transaction().execute(async (transaction) => {
    const id =
      there?.id ??
      (await accounts.make(transaction, {
        login,
        email: `${login}@example.org`,
        state: 'active',
        isVerified: true,
        isImported: true,
      }))
    for (const role of roles) await grants.grant(transaction, id, role, { by: null })
    if (password !== undefined) await passwords.take(transaction, id, await hashOf(password))
    return id
  })
}

/** An API token for an account, which is created when it does not exist. */
export async function tokenFor(it: TestInstance, login: string, scopes: string[], roles: Role[] = []): Promise<string> {
  const id = await personIn(it, login, { roles })
  const { db, tokens } = roomsOf(it)
  return tokens.add(db, id, { scopes })
}

/** A browser: keeps the cookies of each host, and follows nothing by itself. */
export class TestBrowser {
  readonly #it: TestInstance
  readonly #jars = new Map<string, Map<string, string>>()

  constructor(it: TestInstance) {
    this.#it = it
  }

  /** Asks as a page of that host would: with its cookies, and its origin on what writes. */
  async ask(host: string, path: string, asking: Asking = {}): Promise<Answer> {
    const jar = this.#jarOf(host)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = {
      ...BROWSER,
      ...(cookie && { cookie }),
      ...(asking.method && asking.method !== 'GET' && { 'sec-fetch-site': 'same-origin' }),
      ...asking.headers,
    }
    const answer = await this.#it.ask(host, path, { ...asking, headers })
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      // Browsers refuse a cookie of this name that is not for this host alone, over https alone (RFC 6265bis, 4.1.3.2).
      if (
        name.startsWith('__Host-') &&
        !(/; secure/i.test(line) && /; path=\/(;|$)/i.test(line) && !/; domain=/i.test(line))
      )
        continue
      if (/ Max-Age=0;|expires=Thu, 01 Jan 1970/.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }

  /** Sends a form of a page, with the token that stands in the page; one with files has it in its address. */
  async send(
    host: string,
    path: string,
    fields: Record<string, string> | FormData,
    { page = path, ...asking }: Asking & { page?: string } = {},
  ): Promise<Answer> {
    const token = tokenIn((await this.ask(host, page)).text) ?? ''
    if (fields instanceof FormData)
      return this.ask(host, `${path}?_csrf=${token}`, { method: 'POST', body: fields, ...asking })
    return this.ask(host, path, { method: 'POST', body: new URLSearchParams({ _csrf: token, ...fields }), ...asking })
  }

  /** Asks the JSON interface, with the header that it wants. */
  async call(host: string, method: string, path: string, body?: object): Promise<Answer> {
    const { token } = (await this.ask(host, '/api/v1/csrf')).json()
    return this.ask(host, path, {
      method,
      headers: { accept: 'application/json', 'x-bagad-csrf': token },
      ...(body && { body }),
    })
  }

  /** Goes where it is led, across hosts, and gives the last answer. */
  async follow(host: string, path: string): Promise<Answer & { host: string; path: string }> {
    const { domain } = this.#it.instance.platform.addresses
    for (let steps = 0; steps < 10; steps++) {
      const answer = await this.ask(host, path)
      const { location } = answer.headers
      if (answer.status < 300 || answer.status > 399 || !location) return { ...answer, host, path }
      const to = new URL(location, `http://${host ? `${host}.` : ''}${domain}:${this.#it.port}${path}`)
      host = to.hostname === domain ? '' : to.hostname.slice(0, -domain.length - 1)
      path = to.pathname + to.search
    }
    throw new Error('the browser goes round in circles')
  }

  /** Signs in with the password of tests. */
  async signIn(login: string, password = PASSWORD): Promise<Answer> {
    return this.send('id', '/login', { username: login, password })
  }

  /** Gives it a cookie that it has from elsewhere. */
  keep(host: string, name: string, value: string): void {
    this.#jarOf(host).set(name, value)
  }

  cookie(host: string, name: string): string | undefined {
    return this.#jarOf(host).get(name)
  }

  #jarOf(host: string): Map<string, string> {
    const jar = this.#jars.get(host) ?? new Map<string, string>()
    this.#jars.set(host, jar)
    return jar
  }
}

/** The token against forged writes in a page. */
export function tokenIn(html: string): string | undefined {
  return /name="_csrf" value="([\w-]+)"/.exec(html)?.[1] ?? /name="csrf-token" content="([\w-]+)"/.exec(html)?.[1]
}

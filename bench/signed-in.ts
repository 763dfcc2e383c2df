import { request, Agent } from 'node:http'

const ID = 'id.localhost'

export interface Answer {
  status: number
  milliseconds: number
  /** What each `Set-Cookie` sets: `name=value`. */
  cookies: string[]
  location: string
  text: string
}

export type Ask = ReturnType<typeof asker>

/** Asks a server of this machine as a browser does, under any host name, over connections that are kept. */
export function asker(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 })
  return (
    host: string,
    path: string,
    { cookie = '', body }: { cookie?: string; body?: URLSearchParams } = {},
  ): Promise<Answer> => {
    const began = performance.now()
    const content = body?.toString()
    const headers = {
      host: `${host}:${port}`,
      accept: 'text/html',
      ...(cookie && { cookie }),
      ...(content !== undefined && {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(content.length),
      }),
    }
    return new Promise((resolve, reject) => {
      const asked = request(
        { agent, host: '127.0.0.1', port, path, method: content === undefined ? 'GET' : 'POST', headers },
        (answer) => {
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
        },
      )
      asked.on('error', reject)
      asked.end(content)
    })
  }
}

/** The form of the sign-in: its cookie, and what is sent with it. */
export async function signInForm(
  ask: Ask,
): Promise<{ cookie: string; of(login: string, password: string): URLSearchParams }> {
  const page = await ask(ID, '/login')
  const token = /name="_csrf" value="([\w-]+)"/.exec(page.text)?.[1] ?? ''
  return {
    cookie: page.cookies.join('; '),
    of: (username, password) => new URLSearchParams({ _csrf: token, username, password }),
  }
}

/** The cookie of who is signed in; empty when an answer sets none. */
export function sessionOf({ cookies }: Answer): string {
  return cookies.find((cookie) => /^__Host-bagad=./.test(cookie)) ?? ''
}

/** Signs an account in by password, and returns the session cookie of another host. */
export async function signedIn(ask: Ask, host: string, login: string, password: string): Promise<string> {
  const form = await signInForm(ask)
  const own = sessionOf(await ask(ID, '/login', { cookie: form.cookie, body: form.of(login, password) }))
  const state = 'a'.repeat(22)
  const { location } = await ask(ID, `/sso?host=${host}&next=/&state=${state}`, { cookie: own })
  const path = location.slice(location.indexOf('/_sso'))
  return sessionOf(await ask(host, path, { cookie: `__Host-sso=${state}` }))
}

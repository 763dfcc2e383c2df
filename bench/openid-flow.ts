import { Agent, request } from 'node:http'
import * as client from 'openid-client'

const REDIRECT = 'https://app.example/back'

/** A provider to be measured, and an application that is registered there. */
export interface Measured {
  /** The issuer, without its port. */
  host: string
  port: number
  client: string
  secret: string
  /** Cookies of a browser with a session. */
  cookies?: string[]
}

/**
 * An application and a browser, at one provider.
 *
 * @returns the whole way, gone once: code with PKCE, tokens, and who it is
 */
export async function openFlow({
  host,
  port,
  client: id,
  secret,
  cookies = [],
}: Measured): Promise<() => Promise<void>> {
  const agent = new Agent({ keepAlive: true })
  const jar = new Map(cookies.map((cookie) => [cookie.slice(0, cookie.indexOf('=')), cookie] as const))

  const ask = (path: string, method: string, headers: Record<string, string>, body: string | undefined) =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
      const asked = request(
        { agent, host: '127.0.0.1', port, path, method, headers: { ...headers, host: `${host}:${port}` } },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8')
          answer.on('data', (part: string) => (text += part))
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
        },
      )
      asked.on('error', reject)
      asked.end(body)
    })

  /** Node does not resolve `*.localhost`: the library asks loopback, under the name that it would have asked. */
  const overLoopback: client.CustomFetch = async (url, { method, headers, body }) => {
    const { pathname, search } = new URL(url)
    const content = typeof body === 'string' || body instanceof URLSearchParams ? body.toString() : undefined
    const answer = await ask(pathname + search, method, { ...headers }, content)
    const told = new Headers()
    for (const [name, value] of Object.entries(answer.headers))
      if (value !== undefined) told.set(name, [value].flat().join(', '))
    return new Response(answer.text, { status: answer.status, headers: told })
  }

  const config = await client.discovery(
    new URL(`http://${host}:${port}`),
    id,
    undefined,
    client.ClientSecretBasic(secret),
    {
      [client.customFetch]: overLoopback,
      execute: [client.allowInsecureRequests],
    },
  )

  /** Follows the redirects of the provider with the browser's cookies, until the application is reached. */
  async function browse(first: URL): Promise<URL> {
    for (let [url, steps] = [first, 0]; steps < 10; steps++) {
      const { headers, status } = await ask(
        url.pathname + url.search,
        'GET',
        { cookie: [...jar.values()].join('; ') },
        undefined,
      )
      for (const line of [headers['set-cookie'] ?? []].flat()) {
        const [cookie = ''] = line.split(';')
        const name = cookie.slice(0, cookie.indexOf('='))
        if (/expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name)
        else jar.set(name, cookie)
      }
      const { location } = headers
      if (typeof location !== 'string') throw new Error(`the provider led nowhere: ${status} at ${url.pathname}`)
      url = new URL(location, url)
      if (url.href.startsWith(REDIRECT)) return url
    }
    throw new Error('the application was never reached')
  }

  return async () => {
    const verifier = client.randomPKCECodeVerifier()
    const state = client.randomState()
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope: 'openid profile email',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
    })
    const tokens = await client.authorizationCodeGrant(config, await browse(url), {
      pkceCodeVerifier: verifier,
      expectedState: state,
    })
    await client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')
  }
}

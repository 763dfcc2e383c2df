import { createServer, type Server } from 'node:http'
import * as client from 'openid-client'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestInstance, type TestInstance } from '../../../../tests/instance.ts'
import { Store } from './store.ts'
import { TestNetwork } from '../../../../tests/network.ts'
import { PASSWORD, personIn, roomsOf, TestBrowser } from '../../../../tests/people.ts'

let it: TestInstance
let issuer: URL
let config: client.Configuration
let clientId: string
let anne: string

const REDIRECT = 'https://app.example/back'
const network = new TestNetwork()

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

/** Node does not resolve `*.localhost`: the library asks loopback, under the name that it would have asked. */
const overLoopback: client.CustomFetch = async (url, { body, method, headers }) => {
  const { hostname, pathname, search } = new URL(url)
  const content =
    body === undefined || body === null
      ? undefined
      : body instanceof URLSearchParams || typeof body === 'string'
        ? body
        : undefined
  const answer = await it.ask(hostname.replace(/\.?localhost$/, ''), pathname + search, {
    method,
    headers: { ...headers },
    ...(content !== undefined && { body: content }),
  })
  const told = new Headers()
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined) told.set(name, [value].flat().join(', '))
  return new Response([204, 304].includes(answer.status) ? null : answer.text, { status: answer.status, headers: told })
}

beforeAll(async () => {
  it = await openTestInstance({ network })
  issuer = new URL(it.instance.platform.addresses.origin('identity'))
  anne = await personIn(it, 'anne', { password: PASSWORD, roles: ['member'] })
  const made = await roomsOf(it).applications.add(
    {
      client_name: 'Forum',
      redirect_uris: [REDIRECT],
      post_logout_redirect_uris: ['https://app.example/bye'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_basic',
      backchannel_logout_uri: 'https://app.example/told',
    },
    { by: null },
  )
  clientId = made.client
  config = await client.discovery(issuer, clientId, undefined, client.ClientSecretBasic(made.secret ?? ''), {
    [client.customFetch]: overLoopback,
    execute: [client.allowInsecureRequests],
  })
})
afterAll(() => it[Symbol.asyncDispose]())

/** The address of the provider that a browser is sent to, and what must be known to go on. */
async function authorize(more: Record<string, string> = {}) {
  const verifier = client.randomPKCECodeVerifier()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: 'openid profile email groups offline_access',
    prompt: 'consent',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: 'kept',
    ...more,
  })
  return { verifier, first: url.pathname + url.search }
}

/** Goes through the pages until the application is reached, saying yes. */
async function allow(browser: TestBrowser, path: string): Promise<URL> {
  let next = path
  for (let steps = 0; steps < 12; steps++) {
    const answer = await browser.ask('id', next)
    const location = answer.headers.location
    if (location) {
      const to = new URL(location, issuer)
      if (to.host !== issuer.host) return to
      next = to.pathname + to.search
      continue
    }
    const sent = await browser.send('id', next, { decision: 'allow' })
    next = new URL(sent.headers.location ?? '', issuer).pathname
  }
  throw new Error('the application was never reached')
}

/** Signs in to the application, and gives what it gets. */
async function enter(more: Record<string, string> = {}) {
  const browser = new TestBrowser(it)
  await browser.signIn('anne')
  const { verifier, first } = await authorize(more)
  const back = await allow(browser, first)
  const tokens = await client.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: 'kept',
  })
  return { browser, back, verifier, tokens }
}

test('what the provider says of itself: code with PKCE alone, no old ways, endpoints as they are promised', async () => {
  const metadata = (await it.ask('id', '/.well-known/openid-configuration')).json()
  expect(metadata).toMatchObject({
    issuer: issuer.origin,
    authorization_endpoint: `${issuer.origin}/oidc/auth`,
    token_endpoint: `${issuer.origin}/oidc/token`,
    userinfo_endpoint: `${issuer.origin}/oidc/me`,
    jwks_uri: `${issuer.origin}/oidc/jwks`,
    registration_endpoint: `${issuer.origin}/oidc/reg`,
    pushed_authorization_request_endpoint: `${issuer.origin}/oidc/request`,
    device_authorization_endpoint: `${issuer.origin}/oidc/device/auth`,
    introspection_endpoint: `${issuer.origin}/oidc/token/introspection`,
    revocation_endpoint: `${issuer.origin}/oidc/token/revocation`,
    end_session_endpoint: `${issuer.origin}/oidc/session/end`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    backchannel_logout_supported: true,
    frontchannel_logout_supported: true,
  })
  expect(metadata.grant_types_supported.toSorted()).toEqual([
    'authorization_code',
    'client_credentials',
    'refresh_token',
    'urn:ietf:params:oauth:grant-type:device_code',
  ])
  expect(metadata.id_token_signing_alg_values_supported.toSorted()).toEqual(['EdDSA', 'RS256'])
  expect((await it.ask('id', '/.well-known/oauth-authorization-server')).json().issuer).toBe(issuer.origin)
  for (const key of (await it.ask('id', '/oidc/jwks')).json().keys) expect(key.d).toBeUndefined()
})

test('a stranger’s application signs a member in; it learns what was allowed, and nothing else', async () => {
  const { tokens } = await enter()
  expect(tokens.claims()).toMatchObject({ sub: anne, acr: 'urn:bagad:1' })
  const told = await client.fetchUserInfo(config, tokens.access_token, anne)
  expect(told).toEqual({
    sub: anne,
    name: 'anne',
    preferred_username: 'anne',
    given_name: 'anne',
    email: 'anne@example.org',
    email_verified: true,
    groups: ['member'],
    updated_at: expect.any(Number),
  })
  const fewer = await enter({ scope: 'openid' })
  expect(await client.fetchUserInfo(config, fewer.tokens.access_token, anne)).toEqual({ sub: anne })
  expect(fewer.tokens.refresh_token).toBeUndefined()
})

test('a page shows who asks and for what; the person may say no', async () => {
  const browser = new TestBrowser(it)
  const { first } = await authorize()
  const page = await browser.follow('id', first)
  expect([page.host, page.path.startsWith('/login?next=')]).toEqual(['id', true])
  await browser.signIn('anne')
  const consent = await browser.follow('id', new URLSearchParams(page.path.split('?')[1]).get('next') ?? '')
  expect(consent.text).toContain('Laisser entrer Forum')
  expect(consent.text).toContain('app.example')
  expect(consent.text).toContain('votre adresse mail')
  expect(consent.headers['content-security-policy']).toContain("form-action 'self' https://app.example")
  const denied = await browser.send('id', consent.path, { decision: 'deny' })
  const resumed = await browser.ask('id', new URL(denied.headers.location ?? '').pathname)
  const back = new URL(resumed.headers.location ?? '')
  expect([back.searchParams.get('error'), back.searchParams.get('iss')]).toEqual(['access_denied', issuer.origin])
})

test('a way that somebody else began gives them nobody’s name: its number alone opens neither page nor consent', async () => {
  const thief = new TestBrowser(it)
  const { first } = await authorize()
  const begun = await thief.ask('id', first)
  const way = new URL(begun.headers.location ?? '', issuer).pathname
  const victim = new TestBrowser(it)
  await victim.signIn('anne')
  expect((await victim.ask('id', way)).status).toBe(410)
  expect((await victim.send('id', way, { decision: 'allow' }, { page: '/compte' })).status).toBe(410)
  expect((await thief.follow('id', way)).path).toMatch(/^\/login/)
})

describe('codes and tokens', () => {
  test('a code is good once: shown again, everything that came of it is revoked', async () => {
    const { back, verifier, tokens } = await enter()
    await expect(
      client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: 'kept' }),
    ).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    await expect(client.fetchUserInfo(config, tokens.access_token, anne)).rejects.toMatchObject({ status: 401 })
  })

  test('of several who take a code at the same moment, one gets it, and the others are told that it was used', async () => {
    const { db, platform } = roomsOf(it)
    const store = new Store('AuthorizationCode', { db, key: platform.key, today: platform.today })
    await store.upsert('a-code', { accountId: anne, clientId }, 60)
    const takes = await Promise.allSettled(Array.from({ length: 6 }, () => store.consume('a-code')))
    expect(takes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(takes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { error: 'invalid_grant' } })
  })

  test('without PKCE, with a plain challenge, or to another address nobody is led anywhere', async () => {
    const browser = new TestBrowser(it)
    const asked = (more: Record<string, string>) =>
      `/oidc/auth?${new URLSearchParams({ client_id: clientId, response_type: 'code', scope: 'openid', redirect_uri: REDIRECT, ...more }).toString()}`
    for (const more of [{}, { code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' }] as Record<
      string,
      string
    >[]) {
      const { headers } = await browser.ask('id', asked(more))
      expect(new URL(headers.location ?? '').searchParams.get('error')).toBe('invalid_request')
    }
    const elsewhere = await browser.ask('id', asked({ redirect_uri: 'https://evil.example/back' }))
    expect([elsewhere.status, elsewhere.headers.location]).toEqual([400, undefined])
    expect(elsewhere.text).toContain('L’application s’est trompée')
  })

  test('refresh tokens are exchanged; two tabs at once are both served, a late one ends the whole family', async () => {
    const { tokens } = await enter()
    const first = tokens.refresh_token ?? ''
    const [one, two] = await Promise.all([
      client.refreshTokenGrant(config, first),
      client.refreshTokenGrant(config, first),
    ])
    expect(new Set([first, one.refresh_token, two.refresh_token]).size).toBe(3)
    await it.instance.platform.database.pool.query(
      `update identity.oidc_payload set consumed_at = now() - interval '31 seconds' where consumed_at is not null`,
    )
    await expect(client.refreshTokenGrant(config, first)).rejects.toMatchObject({ error: 'invalid_grant' })
    await expect(client.refreshTokenGrant(config, one.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  test('tokens can be looked at and revoked by their application; the database holds none of them', async () => {
    const { tokens } = await enter()
    expect(await client.tokenIntrospection(config, tokens.access_token)).toMatchObject({
      active: true,
      sub: anne,
      client_id: clientId,
    })
    await client.tokenRevocation(config, tokens.access_token)
    expect(await client.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: false })
    const { rows } = await it.instance.platform.database.pool.query(
      `select kind, encode(id_hash, 'escape') as id, encode(data, 'escape') as data from identity.oidc_payload`,
    )
    expect(JSON.stringify(rows)).not.toContain(tokens.refresh_token)
    expect(JSON.stringify(rows)).not.toContain(anne.slice(0, 18) + '","')
  })

  test('the clock of an application may be wrong by a minute, and no more', async () => {
    const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
    const made = await roomsOf(it).applications.add(
      {
        client_name: 'Horloge',
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ kty, crv, x, y }] },
      },
      { by: null },
    )
    const tokenAt = (seconds: number) => {
      const skewed = new client.Configuration(
        config.serverMetadata(),
        made.client,
        { [client.clockSkew]: seconds },
        client.PrivateKeyJwt(privateKey),
      )
      skewed[client.customFetch] = overLoopback
      client.allowInsecureRequests(skewed)
      return client.clientCredentialsGrant(skewed)
    }
    expect((await tokenAt(50)).token_type).toBe('bearer')
    // Its assertions are good for a minute: they ended fifty seconds ago.
    expect((await tokenAt(-110)).token_type).toBe('bearer')
    for (const seconds of [90, -150]) await expect(tokenAt(seconds)).rejects.toMatchObject({ error: 'invalid_client' })
  })

  test('a pushed request and tokens bound to a key of the application (PAR, DPoP)', async () => {
    const browser = new TestBrowser(it)
    await browser.signIn('anne')
    const verifier = client.randomPKCECodeVerifier()
    const url = await client.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: REDIRECT, scope: 'openid offline_access', prompt: 'consent', state: 'kept', code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    }) // prettier-ignore
    expect(url.searchParams.get('request_uri')).toMatch(/^urn:/)
    const back = await allow(browser, url.pathname + url.search)
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    const tokens = await client.authorizationCodeGrant(
      config,
      back,
      { pkceCodeVerifier: verifier, expectedState: 'kept' },
      undefined,
      { DPoP },
    )
    expect(tokens.token_type).toBe('dpop')
  })
})

describe('who is who', () => {
  test('prompt=none without a session is told so; max_age asks again', async () => {
    const { first } = await authorize({ prompt: 'none' })
    const { headers } = await new TestBrowser(it).ask('id', first)
    expect(new URL(headers.location ?? '').searchParams.get('error')).toBe('login_required')
    const browser = new TestBrowser(it)
    await browser.signIn('anne')
    await it.instance.platform.database.pool.query(
      `update identity.session set created_at = now() - interval '1 hour' where host = 'identity'`,
    )
    await it.instance.platform.database.pool.query(`select platform.tell_news('identity.account', $1)`, [anne])
    await expect
      .poll(async () => (await browser.follow('id', (await authorize({ max_age: '60' })).first)).path)
      .toMatch(/^\/confirmer\?next=/)
  })

  test('an application for some roles lets nobody else in', async () => {
    const made = await roomsOf(it).applications.add(
      { client_name: 'Compta', redirect_uris: ['https://compta.example/back'], token_endpoint_auth_method: 'none' },
      { roles: ['treasurer'], by: null },
    )
    const browser = new TestBrowser(it)
    await browser.signIn('anne')
    const query = new URLSearchParams({
      client_id: made.client,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: 'https://compta.example/back',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    })
    const back = await allow(browser, `/oidc/auth?${query.toString()}`)
    expect([back.host, back.searchParams.get('error')]).toEqual(['compta.example', 'access_denied'])
  })
})

test('a role that is taken away opens an application no more, not even with what it was given before', async () => {
  const { applications, db, roles } = roomsOf(it)
  const id = await personIn(it, 'treasurer-once', { password: PASSWORD, roles: ['treasurer'] })
  const made = await applications.add(
    {
      client_name: 'Caisse',
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    },
    { roles: ['treasurer'], by: null },
  )
  const till = await client.discovery(issuer, made.client, undefined, client.None(), {
    [client.customFetch]: overLoopback,
    execute: [client.allowInsecureRequests],
  })
  const browser = new TestBrowser(it)
  await browser.signIn('treasurer-once')
  const verifier = client.randomPKCECodeVerifier()
  const challenge = await client.calculatePKCECodeChallenge(verifier)
  const url = client.buildAuthorizationUrl(till, {
    redirect_uri: REDIRECT,
    scope: 'openid offline_access',
    prompt: 'consent',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 'kept',
  })
  const tokens = await client.authorizationCodeGrant(till, await allow(browser, url.pathname + url.search), {
    pkceCodeVerifier: verifier,
    expectedState: 'kept',
  })
  await db.transaction().execute((transaction) => roles.take(transaction, id, 'treasurer', null))
  await expect(client.refreshTokenGrant(till, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  })
  await expect(client.fetchUserInfo(till, tokens.access_token, id)).rejects.toMatchObject({ status: 401 })
  const again = client.buildAuthorizationUrl(till, {
    redirect_uri: REDIRECT,
    scope: 'openid',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 'kept',
  })
  expect((await allow(browser, again.pathname + again.search)).searchParams.get('error')).toBe('access_denied')
})

test('applications are remembered, and yet what the house says of one counts when it is said; one that is removed is gone with its tokens', async () => {
  const { applications, db } = roomsOf(it)
  const made = await applications.add(
    {
      client_name: 'Verger',
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    },
    { isOwn: true, by: null },
  )
  const orchard = await client.discovery(issuer, made.client, undefined, client.None(), {
    [client.customFetch]: overLoopback,
    execute: [client.allowInsecureRequests],
  })
  const browser = new TestBrowser(it)
  await browser.signIn('anne')
  const verifier = client.randomPKCECodeVerifier()
  const url = client.buildAuthorizationUrl(orchard, {
    redirect_uri: REDIRECT,
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: 'kept',
  })
  const tokens = await client.authorizationCodeGrant(orchard, await allow(browser, url.pathname + url.search), {
    pkceCodeVerifier: verifier,
    expectedState: 'kept',
  })
  // As an operator would, in SQL: the database tells it.
  await db
    .updateTable('application')
    .set({ roles: ['treasurer'] })
    .where('client', '=', made.client)
    .execute()
  await expect
    .poll(async () => (await allow(browser, url.pathname + url.search)).searchParams.get('error'))
    .toBe('access_denied')
  await expect(client.fetchUserInfo(orchard, tokens.access_token, anne)).rejects.toMatchObject({ status: 401 })
  await applications.allow(made.client, [], anne)
  await expect.poll(async () => (await allow(browser, url.pathname + url.search)).searchParams.get('code')).toBeTruthy()
  await applications.remove(made.client, anne)
  await expect(client.fetchUserInfo(orchard, tokens.access_token, anne)).rejects.toMatchObject({ status: 401 })
  await expect.poll(async () => (await browser.ask('id', url.pathname + url.search)).status).toBe(400)
})

describe('signing out', () => {
  test('of the house tells applications from server to server, and their refresh in the browser asks again', async () => {
    const heard: string[] = []
    const server = createServer((request, response) => {
      request.on('data', (part: Buffer) => heard.push(part.toString()))
      request.on('end', () => response.end())
    }).listen(0, '127.0.0.1')
    await new Promise((done) => server.once('listening', done))
    const { browser } = await enter()
    await browser.send('id', '/logout', {})
    const { signingOut } = roomsOf(it)
    const { rows } = await it.instance.platform.database.pool.query<{ id: string }>(
      `select id from identity.session where oidc_uid is not null and revoked_at is not null order by revoked_at desc limit 1`,
    )
    await signingOut.end(rows[0]?.id ?? '')
    const queued = await it.instance.platform.database.pool.query<{ task_identifier: string }>(
      'select task_identifier from graphile_worker.jobs',
    )
    expect(queued.rows.map(({ task_identifier: name }) => name)).toEqual(
      expect.arrayContaining(['identity.end-elsewhere', 'identity.tell-sign-out']),
    )
    network.serve('app.example', portOf(server))
    // Over https the test's server says nothing; that it was looked up and dialled is what can be seen here.
    await expect(signingOut.tell({ client: clientId, sid: 'x', account: anne })).rejects.toMatchObject({
      name: 'OutgoingError',
    })
    expect(network.asked).toContain('app.example')
    server.close()
    const { first } = await authorize({ prompt: 'none' })
    expect(new URL((await browser.ask('id', first)).headers.location ?? '').searchParams.get('error')).toBe(
      'login_required',
    )
  })

  test('asked for by an application ends the session of the house too', async () => {
    const { browser, tokens } = await enter()
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'https://app.example/bye',
    })
    const page = await browser.ask('id', url.pathname + url.search)
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    const done = await browser.ask('id', '/oidc/session/end/confirm', {
      method: 'POST',
      body: new URLSearchParams({ xsrf, logout: 'yes' }),
    })
    expect(done.headers.location).toBe('https://app.example/bye')
    expect((await browser.ask('id', '/login')).status).toBe(200)
  })
})

test('what somebody has allowed they take back', async () => {
  const { browser, tokens } = await enter()
  expect((await browser.ask('id', '/compte/applications')).text).toContain('Forum')
  await browser.send('id', `/compte/applications/${clientId}/fin`, {}, { page: '/compte/applications' })
  expect((await browser.ask('id', '/compte/applications')).text).not.toContain('Forum')
  await expect(client.fetchUserInfo(config, tokens.access_token, anne)).rejects.toMatchObject({ status: 401 })
})

test('an application registers itself with an initial token, and without one does not', async () => {
  const provider = await roomsOf(it).openId.provider()
  const token = await new provider.InitialAccessToken({ expiresIn: 60 }).save()
  const metadata = { client_name: 'Wiki', redirect_uris: ['https://wiki.example/back'] }
  const refused = await it.ask('id', '/oidc/reg', { method: 'POST', body: metadata })
  expect(refused.status).toBe(401)
  const made = await it.ask('id', '/oidc/reg', {
    method: 'POST',
    body: metadata,
    headers: { authorization: `Bearer ${token}` },
  })
  expect([made.status, made.json().client_name]).toEqual([201, 'Wiki'])
  const odd = await it.ask('id', '/oidc/reg', {
    method: 'POST',
    body: { redirect_uris: ['http://wiki.example/back'] },
    headers: { authorization: `Bearer ${token}` },
  })
  expect(odd.json().error).toBe('invalid_redirect_uri')
})

test('the mark of an application is fetched once, drawn anew, shown where it asks, and gone when the house removes it; what is none, or is not on the public internet, is left out', async () => {
  const mark = await sharp({ create: { width: 600, height: 300, channels: 3, background: 'orange' } })
    .png()
    .toBuffer()
  const server = createServer(
    (request, response) =>
      void response.end(request.url === '/logo.png' ? mark : '<svg xmlns="http://www.w3.org/2000/svg"/>'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  network.serve('marks.example', portOf(server)).name('inside.example', ['10.0.0.1'])
  const { applications, openId, platform, db } = roomsOf(it)
  const provider = await openId.provider()
  const token = await new provider.InitialAccessToken({ expiresIn: 60 }).save()
  const register = async (logo_uri: string) => {
    const metadata = {
      client_name: 'Atelier',
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'none',
      logo_uri,
    }
    const answer = await it.ask('id', '/oidc/reg', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: metadata,
    })
    const id: string = answer.json().client_id
    const asked = () =>
      platform.database.pool.query(`select from graphile_worker._private_jobs where payload ->> 'client' = $1`, [id])
    await expect.poll(async () => (await asked()).rowCount).toBe(1)
    await applications.fetchLogo(id)
    return (await applications.list()).find((one) => one.client === id)
  }
  for (const none of [
    'http://marks.example/drawing.svg',
    'http://inside.example/logo.png',
    'http://nowhere.example/logo.png',
  ])
    expect((await register(none))?.logo, none).toBeUndefined()
  const made = await register('http://marks.example/logo.png')
  const path = new URL(made?.logo ?? '').pathname
  expect(await sharp((await it.ask('id', path)).raw).metadata()).toMatchObject({
    format: 'webp',
    width: 256,
    height: 128,
  })
  const browser = new TestBrowser(it)
  await browser.signIn('anne')
  const challenge = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' }
  const query = new URLSearchParams({
    client_id: made?.client ?? '',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: REDIRECT,
    ...challenge,
  })
  expect((await browser.follow('id', `/oidc/auth?${query.toString()}`)).text).toContain(`${path}"`)
  const technician = await personIn(it, 'technician-of-marks', { password: PASSWORD, roles: ['technician'] })
  const house = new TestBrowser(it)
  await house.signIn('technician-of-marks')
  await db
    .updateTable('session')
    .set({ methods: ['pwd', 'otp'] })
    .where('account', '=', technician)
    .execute()
  const administration = '/administration/applications'
  await expect.poll(async () => (await house.ask('id', administration)).text).toContain(path)
  const removed = await house.send(
    'id',
    `${administration}/${made?.client ?? ''}/image/retrait`,
    {},
    { page: administration },
  )
  expect(removed.headers.location).toBe(`${administration}?done=removed`)
  expect((await house.ask('id', administration)).text).not.toContain(path)
  expect((await it.ask('id', path)).status).toBe(404)
  expect((await house.send('id', `${administration}/nobody/image/retrait`, {}, { page: administration })).status).toBe(
    404,
  )
  await applications.remove(made?.client ?? '', anne)
  expect(
    await db
      .selectFrom('application')
      .select('client')
      .where('client', '=', made?.client ?? '')
      .execute(),
  ).toEqual([])
  server.close()
})

test('a device without a keyboard is connected by its code', async () => {
  const made = await roomsOf(it).applications.add(
    {
      client_name: 'Télé',
      redirect_uris: [],
      response_types: [],
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    },
    { by: null },
  )
  const device = await client.discovery(issuer, made.client, undefined, client.None(), {
    [client.customFetch]: overLoopback,
    execute: [client.allowInsecureRequests],
  })
  const begun = await client.initiateDeviceAuthorization(device, { scope: 'openid profile' })
  const browser = new TestBrowser(it)
  await browser.signIn('anne')
  const page = await browser.ask('id', '/oidc/device')
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  const confirm = await browser.ask('id', '/oidc/device', {
    method: 'POST',
    body: new URLSearchParams({ xsrf, user_code: begun.user_code }),
  })
  expect(confirm.text).toContain('Télé')
  const again = /name="xsrf" value="([^"]+)"/.exec(confirm.text)?.[1] ?? ''
  const on = await browser.ask('id', '/oidc/device', {
    method: 'POST',
    body: new URLSearchParams({ xsrf: again, confirm: 'yes', user_code: begun.user_code }),
  })
  let next = new URL(on.headers.location ?? '', issuer)
  for (let steps = 0; steps < 8; steps++) {
    const answer = await browser.ask('id', next.pathname + next.search)
    if (answer.headers.location) next = new URL(answer.headers.location, issuer)
    else if (answer.text.includes('L’appareil est connecté')) break
    else next = new URL((await browser.send('id', next.pathname, { decision: 'allow' })).headers.location ?? '', issuer)
  }
  const tokens = await client.pollDeviceAuthorizationGrant(device, { ...begun, interval: 0.1 })
  expect(tokens.access_token).toBeTruthy()
})

import { brotliDecompressSync, zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, BROWSER, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { link } from '../../commons/link/service.ts'

let it: TestInstance

beforeAll(async () => {
  it = await openTestInstance({ services: [link] })
})
afterAll(() => it[Symbol.asyncDispose]())

const HOSTS = ['', 'link']

describe('what every host of ours answers', () => {
  test('no cookie on a plain visit; the language’s is this host’s alone', async () => {
    expect((await it.ask('', '/', { headers: BROWSER })).headers['set-cookie']).toBeUndefined()
    expect((await it.ask('', '/?lang=en', { headers: BROWSER })).headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-language=en; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Lax$/),
    ])
  })

  test.each(HOSTS)('%s: health, robots, security.txt and favicon', async (host) => {
    expect((await it.ask(host, '/health/live')).json()).toEqual({ status: 'ok' })
    expect((await it.ask(host, '/health/ready')).status).toBe(200)
    expect((await it.ask(host, '/robots.txt')).headers['content-type']).toBe('text/plain; charset=utf-8')
    expect((await it.ask(host, '/.well-known/security.txt')).text).toMatch(/^Contact: /)
    expect((await it.ask(host, '/favicon.ico')).status).toBe(302)
  })
})

describe('hosts', () => {
  test('any case, any port and a final dot lead to the same host', async () => {
    for (const host of ['LINK.LocalHost', 'link.localhost.'])
      expect((await ask(it.port, host, '/', { headers: BROWSER })).text).toContain('Raccourcir')
    expect((await it.ask('', '/', { headers: { ...BROWSER, host: 'link.localhost:12345' } })).text).toContain(
      'Raccourcir',
    )
    expect((await it.ask('www', '/', { headers: BROWSER })).status).toBe(200)
  })

  test.each(['nobody.localhost', 'link.localhost.evil.example', '127.0.0.1', '[::1]', 'constructor', ''])(
    '%s is unknown: the portal’s 404, never a service',
    async (host) => {
      const answer = await ask(it.port, host, '/', { headers: BROWSER })
      expect(answer.status).toBe(404)
      expect(answer.text).toContain('Cette page n’existe pas')
      expect((await ask(it.port, host, '/chiffres')).status).toBe(404)
    },
  )

  test('a service moves by its setting, and an alias keeps its old address alive', async () => {
    const { mkdtempSync, writeFileSync } = await import('node:fs')
    const file = `${mkdtempSync('/tmp/bagad-hosts-')}/bagad.toml`
    writeFileSync(file, '[services.link]\nhost = "liens"\naliases = ["lien.example.org"]\n')
    await using moved = await openTestInstance({ services: [link], env: { BAGAD_CONFIG: file } })
    expect((await moved.ask('liens', '/')).status).toBe(200)
    expect((await moved.ask('link', '/')).status).toBe(404)
    expect((await ask(moved.port, 'lien.example.org', '/')).status).toBe(200)
  })

  test('a service cannot take a host that is the platform’s or the portal’s', async () => {
    const { mkdtempSync, writeFileSync } = await import('node:fs')
    for (const host of ['static', 'id', 'localhost.']) {
      const file = `${mkdtempSync('/tmp/bagad-taken-')}/bagad.toml`
      writeFileSync(file, `[services.link]\nhost = "${host}"\n`)
      await expect(openTestInstance({ services: [link], env: { BAGAD_CONFIG: file } })).rejects.toThrow(
        /services\.link\.host/,
      )
    }
  })

  test('a service that is switched off is nowhere', async () => {
    const { mkdtempSync, writeFileSync } = await import('node:fs')
    const file = `${mkdtempSync('/tmp/bagad-off-')}/bagad.toml`
    writeFileSync(file, '[services.link]\nenabled = false\n')
    await using off = await openTestInstance({ services: [link], env: { BAGAD_CONFIG: file } })
    expect((await off.ask('link', '/')).status).toBe(404)
    expect((await off.ask('', '/', { headers: BROWSER })).text).not.toContain('Raccourcir')
  })
})

describe('errors', () => {
  test('people get a page in their language, programs a problem (RFC 9457)', async () => {
    const page = await it.ask('', '/nowhere', { headers: { ...BROWSER, 'accept-language': 'en' } })
    expect([page.status, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    expect(page.text).toContain('This page does not exist')
    const problem = await it.ask('', '/nowhere')
    expect([problem.status, problem.headers['content-type']]).toEqual([404, 'application/problem+json'])
    expect(problem.json()).toEqual({
      type: `http://localhost:${it.port}/problems/platform/not-found`,
      title: 'Cette page n’existe pas',
      status: 404,
      detail: expect.any(String),
    })
    expect((await it.ask('', new URL(problem.json().type).pathname, { headers: BROWSER })).status).toBe(200)
  })

  test.each([
    ['a body that is no JSON', { method: 'POST', body: '{', headers: {} }, 400],
    ['a body without the field', { method: 'POST', body: { url: { a: 1 } }, headers: {} }, 400],
    ['a body that is too large', { method: 'POST', body: { url: 'x'.repeat(70_000) }, headers: {} }, 413],
    ['a body of an unknown type', { method: 'POST', body: 'x', headers: { 'content-type': 'text/strange' } }, 415],
    [
      'a body that says to be JSON and is empty',
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      400,
    ],
  ])('%s is told, never a fault of ours', async (_, asking, status) => {
    const answer = await it.ask('link', '/api/v1/links', asking)
    expect(answer.status).toBe(status)
    expect(answer.json()).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) })
  })

  test('a fault of ours has a reference, and says nothing of what is inside', async () => {
    await using broken = await openTestInstance({ services: [link] })
    await broken.instance.platform.database.pool.query('drop table link.link cascade')
    const answer = await broken.ask('link', '/venir', { headers: BROWSER })
    expect(answer.status).toBe(500)
    expect(answer.text).toMatch(/en donnant ce numéro\u00a0: [0-9a-f]{8}/)
    expect(answer.text).not.toMatch(/relation|select|link\.link/)
    await broken.instance.platform.database.pool.query('drop table link.spam_surge')
    expect((await broken.ask('', '/statut', { headers: BROWSER })).status).toBe(503)
  })

  test('headers beyond their limit are refused', async () => {
    expect((await it.ask('', '/', { headers: { 'x-long': 'x'.repeat(20_000) } })).status).toBe(431)
  })

  test.each(['/%', '/%ff', `/${'a'.repeat(3000)}`])(
    'an address that cannot be one (%s) gets a page like any other',
    async (path) => {
      const answer = await it.ask('link', path, { headers: BROWSER })
      expect([answer.status, answer.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8'])
      expect((await it.ask('link', path)).json()).toMatchObject({
        status: 400,
        type: expect.stringContaining('/problems/platform/bad-request'),
      })
    },
  )
})

describe('pages travel light', () => {
  test('compressed as the browser can, and the same', async () => {
    const plain = await it.ask('', '/chiffres', { headers: BROWSER })
    const zstd = await it.ask('', '/chiffres', { headers: { ...BROWSER, 'accept-encoding': 'gzip, br, zstd' } })
    const brotli = await it.ask('', '/chiffres', { headers: { ...BROWSER, 'accept-encoding': 'gzip, br' } })
    const bare = (text: string) => text.replaceAll(/nonce="[\w-]+"/g, '')
    expect(zstd.headers['content-encoding']).toBe('zstd')
    expect(bare(zstdDecompressSync(zstd.raw).toString())).toBe(bare(plain.text))
    expect(bare(brotliDecompressSync(brotli.raw).toString())).toBe(bare(plain.text))
  })

  test('a page that has not changed is not sent again, and keeps the policy that it came with', async () => {
    const first = await it.ask('link', '/', { headers: BROWSER })
    const again = await it.ask('link', '/', { headers: { ...BROWSER, 'if-none-match': String(first.headers.etag) } })
    expect(again.status).toBe(304)
    expect(again.headers['content-security-policy']).toBeUndefined()
    expect(again.raw).toHaveLength(0)
    const english = await it.ask('link', '/', {
      headers: { ...BROWSER, 'accept-language': 'en', 'if-none-match': String(first.headers.etag) },
    })
    expect(english.status).toBe(200)
  })

  test('static files come from their own host, for ever, compressed beforehand, for everyone', async () => {
    const page = await it.ask('', '/', { headers: BROWSER })
    const style = /href="http:\/\/static\.localhost:\d+(\/index-[\w-]+\.css)"/.exec(page.text)?.[1] ?? ''
    const sheet = await it.ask('static', style, { headers: { 'accept-encoding': 'br' } })
    expect(sheet.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'br',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'content-type': 'text/css; charset=utf-8',
    })
    expect(sheet.headers['set-cookie']).toBeUndefined()
    expect(brotliDecompressSync(sheet.raw).toString()).toContain('--paper')
    expect((await it.ask('static', '/../main.js')).status).toBe(404)
    expect((await it.ask('static', '/', { method: 'POST' })).status).toBe(405)
  })

  test('the sources of this very build can be fetched', async () => {
    const page = await it.ask('', '/', { headers: BROWSER })
    const archive = /(\/bagad-sources-[\w-]+\.tar\.gz)"/.exec(page.text)?.[1] ?? ''
    expect((await it.ask('static', archive)).headers['content-type']).toBe('application/gzip')
  })
})

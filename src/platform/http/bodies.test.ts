/** Bodies that come slowly, and blobs that are sent, on a service of this test alone. */
import { request as ask, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import multipart from '@fastify/multipart'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3, type S3Server } from '../../../tests/s3.ts'
import { BROWSER, emptyFolder, openTestInstance, type Asking, type TestInstance } from '../../../tests/instance.ts'
import { until } from '../../../tests/process.ts'
import { services } from '../../services.ts'
import type { OrdinaryService } from '../service.ts'
import { readParts } from './parts.ts'
import { sendBlob } from './send-blob.ts'

/** Seconds, and bytes a second from the first second on. */
const QUICK = { seconds: 1, leastRate: 0 }
const STEADY = { seconds: 60, leastRate: 50, rateFrom: 1 }

const arrived: string[] = []

const parcels: OrdinaryService = {
  name: 'bell',
  area: 'commons',
  about: {
    name: { fr: 'Colis', en: 'Parcels' },
    act: { fr: 'Envoyer', en: 'Send' },
    promise: { fr: 'Des colis.', en: 'Parcels.' },
    audience: 'everyone',
    mark: { strokes: 'M6 16V11', hue: 20 },
  },
  open: async (platform) => ({
    routes: (app) => {
      void app.register(multipart)
      app.post('/quick', { config: { slowBody: QUICK } }, async (request, reply) => reply.send({ got: request.body }))
      app.post('/steady', { config: { slowBody: STEADY } }, async (request, reply) => reply.send({ got: request.body }))
      app.get('/unread', { config: { slowBody: QUICK } }, async (_, reply) => reply.send({ got: 'nothing' }))
      app.post('/parts', { config: { slowBody: QUICK } }, async (request, reply) => {
        const file = await readParts(request.file().then((part) => part?.toBuffer()))
        return reply.send({ got: file?.length })
      })
      app.get('/blob', async (request, reply) => {
        const { type = 'text/plain', name = 'poème de l’été.txt' } = Object(request.query)
        return sendBlob(reply, platform.blobs, { key: 'bell/digits', type, name, tag: 'abc' }, () => arrived.push(name))
      })
      app.get('/large', async (_, reply) =>
        sendBlob(reply, platform.blobs, { key: 'bell/large', type: 'application/zip', isAttachment: true }, () =>
          arrived.push('large'),
        ),
      )
      app.get('/absent', async (_, reply) => sendBlob(reply, platform.blobs, { key: 'bell/absent', type: 'a/b' }))
    },
    [Symbol.asyncDispose]: async () => {},
  }),
}

describe('a body', () => {
  let it: TestInstance
  beforeAll(async () => {
    it = await openTestInstance({ services: [...services, parcels] })
  })
  afterAll(() => it[Symbol.asyncDispose]())

  /** Sends pieces with a pause after each, and gives the answer; its text once it is over. */
  async function trickle(
    path: string,
    pieces: string[],
    { pause = 300, method = 'POST', type = 'application/json', host = 'bell.localhost' } = {},
  ): Promise<{ status: number; text: string; isClosed: boolean; milliseconds: number }> {
    const began = performance.now()
    const headers = { host, 'content-type': type, 'transfer-encoding': 'chunked', ...BROWSER }
    const asked = ask({ host: '127.0.0.1', port: it.port, path, method, headers, agent: false })
    let isClosed = false
    asked.on('close', () => (isClosed = true)).on('error', () => (isClosed = true))
    const answered = new Promise<IncomingMessage>((resolve) => asked.once('response', resolve))
    const send = async () => {
      for (const piece of pieces) {
        if (asked.destroyed) return
        asked.write(piece)
        await sleep(pause)
      }
      asked.end()
    }
    const sent = send()
    const answer = await answered
    const text = await textOf(answer)
    await sent
    return { status: answer.statusCode ?? 0, text, isClosed, milliseconds: performance.now() - began }
  }

  const slow = ['{"a":', ...Array.from({ length: 20 }, () => ' '), '1}']

  test('that trickles arrives where its route allows it', async () => {
    const steady = await trickle('/steady', ['{"a":', ...Array.from({ length: 10 }, () => ' '.repeat(40)), '1}'])
    expect([steady.status, steady.text]).toEqual([200, '{"got":{"a":1}}'])
  })

  test.each([
    ['longer than its route allows', '/quick', slow, 'application/json'],
    ['slower than its route allows', '/steady', slow, 'application/json'],
    [
      'in parts that take too long',
      '/parts',
      ['--x\r\ncontent-disposition: form-data; name="f"; filename="f"\r\n\r\n', ...slow],
      'multipart/form-data; boundary=x',
    ],
  ])('that takes %s is cut, and the person told in their language', async (_, path, pieces, type) => {
    const { status, text, isClosed, milliseconds } = await trickle(path, pieces, { type })
    expect(status).toBe(408)
    expect(text).toContain('L’envoi a pris trop de temps')
    expect(isClosed).toBe(true)
    expect(milliseconds).toBeLessThan(5000)
  })

  test('that nothing reads ends with its connection once its time is over', async () => {
    const { status, text, isClosed, milliseconds } = await trickle('/unread', slow, { method: 'GET' })
    expect([status, text]).toEqual([200, '{"got":"nothing"}'])
    expect(isClosed).toBe(true)
    expect(milliseconds).toBeLessThan(5000)
  })

  test('or an address with a zero byte is refused on every host, before anything is done', async () => {
    for (const host of ['', 'link', 'id', 'static', 'nowhere', 'bell'])
      for (const path of ['/%00', '/a%00b?x=1', '/?q=%00', '/api/v1/links/%00'])
        expect([host, path, (await it.ask(host, path, { headers: BROWSER })).status]).toEqual([host, path, 400])
    const bodies: NonNullable<Asking['body']>[] = [
      { a: 'x\0' },
      { deep: [{ er: ['\0'] }] },
      { 'a\0': 1 },
      new URLSearchParams({ a: '\0' }),
      `{"a":${'['.repeat(20_000)}"\\u0000"${']'.repeat(20_000)}}`,
    ]
    for (const body of bodies) {
      const answer = await it.ask('bell', '/steady', { method: 'POST', headers: BROWSER, body })
      expect(answer.status).toBe(400)
    }
    expect((await it.ask('bell', '/steady', { method: 'POST', body: { a: '\\u0000 %00' } })).status).toBe(200)
  })
})

describe.each(['files', 'S3'])('a blob on %s', (where) => {
  let it: TestInstance
  let s3: S3Server | undefined

  beforeAll(async () => {
    s3 = where === 'S3' ? await openS3() : undefined
    it = await openTestInstance({
      services: [...services, parcels],
      env: { BAGAD_DATA: emptyFolder(), ...s3?.env },
    })
    const { blobs } = it.instance.platform
    await blobs.put('bell/digits', Buffer.from('0123456789'))
    await blobs.put('bell/large', Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(1024 * 1024))))
  })
  afterAll(async () => {
    await it[Symbol.asyncDispose]()
    await s3?.[Symbol.asyncDispose]()
  })

  const get = (headers: Record<string, string> = {}, method = 'GET', path = '/blob') =>
    it.ask('bell', path, { method, headers })

  test('is sent whole, with its tag, its name and its type', async () => {
    const { status, text, headers } = await get()
    expect([status, text]).toEqual([200, '0123456789'])
    expect(headers).toMatchObject({
      'content-length': '10',
      'content-type': 'text/plain',
      'accept-ranges': 'bytes',
      etag: '"abc"',
      'x-content-type-options': 'nosniff',
      'content-disposition': `inline; filename="po_me de l__t_.txt"; filename*=UTF-8''po%C3%A8me%20de%20l%E2%80%99%C3%A9t%C3%A9.txt`,
    })
    const head = await get({}, 'HEAD')
    expect([head.status, head.text, head.headers['content-length'], head.headers.etag]).toEqual([
      200,
      '',
      '10',
      '"abc"',
    ])
    expect((await get({}, 'GET', '/absent')).status).toBe(404)
  })

  test.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=8-999', 206, '89', 'bytes 8-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=0-9', 200, '0123456789', undefined],
    ['bytes=0-1,4-5', 200, '0123456789', undefined],
    ['bytes=3-1', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
    ['bytes=99999999999999999999-', 200, '0123456789', undefined],
  ])('is sent by range: %s', async (range, status, text, contentRange) => {
    const answer = await get({ range })
    expect([answer.status, answer.text, answer.headers['content-range']]).toEqual([status, text, contentRange])
    expect((await get({ range }, 'HEAD')).status).toBe(200)
  })

  test('is not sent to who has it, and whole to who has the beginning of another', async () => {
    for (const tag of ['"abc"', 'W/"abc"', '"x", "abc"', '*']) {
      const answer = await get({ 'if-none-match': tag })
      expect([tag, answer.status, answer.text]).toEqual([tag, 304, ''])
    }
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200)
    expect((await get({ range: 'bytes=4-', 'if-range': '"abc"' })).text).toBe('456789')
    for (const other of ['"other"', 'W/"abc"', 'Tue, 01 Dec 2026 00:00:00 GMT'])
      expect((await get({ range: 'bytes=4-', 'if-range': other })).text).toBe('0123456789')
  })

  test('of a type that could act is saved, never shown', async () => {
    for (const type of ['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/javascript'])
      expect((await get({}, 'GET', `/blob?type=${encodeURIComponent(type)}`)).headers['content-disposition']).toMatch(
        /^attachment; /,
      )
  })

  test('counts as arrived once its last byte is sent, and is read no further for a client that has left', async () => {
    arrived.length = 0
    await get({ range: 'bytes=0-3' }, 'GET', '/blob?name=beginning')
    await get({ range: 'bytes=4-' }, 'GET', '/blob?name=end')
    await until('the end has arrived', () => arrived.includes('end'))
    const left = ask({ host: '127.0.0.1', port: it.port, path: '/large', headers: { host: 'bell.localhost' } })
    const answer = await new Promise<IncomingMessage>((resolve) => void left.on('response', resolve).end())
    expect(answer.headers['content-disposition']).toBe('attachment')
    await sleep(300)
    // Its reader takes nothing: what was sent waits in buffers of the system, the rest was not read.
    left.on('error', () => {}).destroy()
    await sleep(300)
    expect(arrived).not.toContain('beginning')
    expect(arrived).not.toContain('large')
    expect((await get({}, 'GET', '/large')).raw).toHaveLength(64 * 1024 * 1024)
    await until('all of it has arrived', () => arrived.includes('large'))
  })
})

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of answer) text += String(piece)
  return text
}

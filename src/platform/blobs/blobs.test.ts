import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { emptyFolder, openTestInstance, testConfig } from '../../../tests/instance.ts'
import { root, until } from '../../../tests/process.ts'
import { openS3, type S3Server } from '../../../tests/s3.ts'
import { ConfigError } from '../config/load.ts'
import { BlobMissing, BlobRangeError, type Blobs, type ByteRange } from './blobs.ts'
import { BlobKeyError } from './keys.ts'
import { openBlobs } from './open.ts'

const log = pino({ level: 'silent' })
const MEGABYTE = 1024 * 1024

let s3: S3Server
beforeAll(async () => {
  s3 = await openS3()
})
afterAll(() => s3[Symbol.asyncDispose]())

/** A stream of so many bytes, each chunk its own, and then whatever `then` does. */
function streamOf(size: number, then?: () => Promise<void>): Readable {
  async function* chunks() {
    for (let left = size; left > 0; left -= 64 * 1024) yield randomBytes(Math.min(left, 64 * 1024))
    await then?.()
  }
  return Readable.from(chunks(), { objectMode: false })
}

const never = () => new Promise<void>(() => {})
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

describe.each(['files', 'S3'])('blobs on %s', (store) => {
  let env: Record<string, string>
  let blobs: Blobs

  const open = () => openBlobs(testConfig(env).config, log)
  const read = async (key: string, range?: ByteRange) => buffer(await blobs.get(key, range))
  const keys = async (prefix?: string) => (await Array.fromAsync(blobs.list(prefix), ({ key }) => key)).sort()
  const unfinished = () =>
    store === 'S3' ? s3.unfinished() : listed(join(env['BAGAD_DATA'] ?? '', 'blobs', 'unfinished'))

  beforeEach(async () => {
    env = { BAGAD_DATA: emptyFolder(), ...(store === 'S3' && s3.env) }
    blobs = await open()
    return async () => {
      for await (const { key } of blobs.list()) await blobs.delete(key)
      await blobs[Symbol.asyncDispose]()
    }
  })

  test('what was put is got, with its size and its sum', async () => {
    const content = randomBytes(100_000)
    expect(await blobs.put('pic/one', content)).toEqual({ size: 100_000, sha256: sha256(content) })
    expect(await read('pic/one')).toEqual(content)
    expect(await blobs.put('pic/two', Readable.from([content, content], { objectMode: false }))).toEqual({
      size: 200_000,
      sha256: sha256(Buffer.concat([content, content])),
    })
    expect(await blobs.stat('pic/two')).toEqual({
      key: 'pic/two',
      size: 200_000,
      modifiedAt: expect.any(Temporal.Instant),
    })
    const { modifiedAt } = (await blobs.stat('pic/two')) ?? {}
    expect(Math.abs(Number(modifiedAt?.epochMilliseconds) - Date.now())).toBeLessThan(10_000)
  })

  test('nothing is a content too', async () => {
    expect(await blobs.put('empty', new Uint8Array())).toEqual({ size: 0, sha256: sha256(Buffer.alloc(0)) })
    expect(await blobs.put('empty-stream', Readable.from([]))).toMatchObject({ size: 0 })
    expect([await read('empty'), await read('empty-stream')]).toEqual([Buffer.alloc(0), Buffer.alloc(0)])
    expect(await blobs.stat('empty')).toMatchObject({ size: 0 })
  })

  test('what is put again replaces what was there', async () => {
    await blobs.put('again', Buffer.from('a long first content'))
    await blobs.put('again', Buffer.from('second'))
    expect((await read('again')).toString()).toBe('second')
  })

  test('what is not there is missing, under its own name', async () => {
    await blobs.put('pic/a/b', Buffer.from('deep'))
    for (const key of ['nothing', 'pic', 'pic/a', 'pic/a/b/c']) {
      expect(await blobs.stat(key)).toBeUndefined()
      await expect(blobs.get(key)).rejects.toThrow(BlobMissing)
      await expect(blobs.get(key, { first: 1 })).rejects.toThrow(BlobMissing)
      await blobs.delete(key)
    }
    expect(await keys()).toEqual(['pic/a/b'])
  })

  test('a key can be the beginning of another one', async () => {
    await blobs.put('a/b/c', Buffer.from('under'))
    await blobs.put('a/b', Buffer.from('over'))
    await blobs.put('a', Buffer.from('top'))
    expect(await keys()).toEqual(['a', 'a/b', 'a/b/c'])
    await blobs.delete('a/b')
    expect((await read('a/b/c')).toString()).toBe('under')
  })

  test('blobs are listed by the beginning of their key, hundreds too', async () => {
    const some = Array.from({ length: 150 }, (_, number) => `drop/${number % 7}/file-${number}`)
    await Promise.all([...some, 'drop-box', 'pic/1'].map((key) => blobs.put(key, Buffer.from(key))))
    expect(await keys('drop/')).toEqual(some.sort())
    expect(await keys('drop/3/file-1')).toEqual(some.filter((key) => key.startsWith('drop/3/file-1')))
    expect(await keys('drop-')).toEqual(['drop-box'])
    expect(await keys('nobody/')).toEqual([])
    expect(await keys()).toHaveLength(152)
    const [listed] = await Array.fromAsync(blobs.list('pic/'))
    expect(listed).toEqual(await blobs.stat('pic/1'))
  })

  test('what is deleted is gone, and can be deleted again', async () => {
    await blobs.put('drop/1/x', Buffer.from('x'))
    await blobs.delete('drop/1/x')
    await blobs.delete('drop/1/x')
    expect(await blobs.stat('drop/1/x')).toBeUndefined()
    expect(await keys()).toEqual([])
  })

  test('ranges give the first bytes, the last ones, those between, and never more than there are', async () => {
    await blobs.put('digits', Buffer.from('0123456789'))
    const range = async (wanted: ByteRange) => (await read('digits', wanted)).toString()
    expect(await range({ first: 0, last: 3 })).toBe('0123')
    expect(await range({ first: 4, last: 4 })).toBe('4')
    expect(await range({ first: 7 })).toBe('789')
    expect(await range({ first: 9, last: 9 })).toBe('9')
    expect(await range({ first: 5, last: 500 })).toBe('56789')
    expect(await range({ suffix: 3 })).toBe('789')
    expect(await range({ suffix: 300 })).toBe('0123456789')
  })

  test('a range without a byte of the blob is refused, with its size', async () => {
    await blobs.put('digits', Buffer.from('0123456789'))
    await blobs.put('empty', new Uint8Array())
    for (const range of [{ first: 10 }, { first: 10, last: 20 }, { first: 5, last: 4 }, { suffix: 0 }])
      await expect(blobs.get('digits', range)).rejects.toThrow(
        expect.objectContaining({ name: 'BlobRangeError', size: 10 }),
      )
    await expect(blobs.get('empty', { first: 0 })).rejects.toThrow(BlobRangeError)
    await expect(blobs.get('empty', { suffix: 5 })).rejects.toThrow(BlobRangeError)
  })

  test.each([
    '',
    '/',
    '.',
    '..',
    '../x',
    'a/../../x',
    'a/..',
    '/etc/passwd',
    'a//b',
    'a/',
    '.hidden',
    'a/.b',
    'A',
    'é',
    'a b',
    'a\0b',
    'a\nb',
    'a\\b',
    'a=',
    'a%2fb',
    '-a',
    `${'a/'.repeat(250)}a`,
    'a'.repeat(201),
  ])('%j is no key', async (key) => {
    await expect(blobs.put(key, Buffer.from('x'))).rejects.toThrow(BlobKeyError)
    await expect(blobs.get(key)).rejects.toThrow(BlobKeyError)
    await expect(blobs.stat(key)).rejects.toThrow(BlobKeyError)
    await expect(blobs.delete(key)).rejects.toThrow(BlobKeyError)
  })

  test.each(['..', '../', 'a/../', '/', 'a//', 'a=', 'É'])('%j begins no key', async (prefix) => {
    await expect(keys(prefix)).rejects.toThrow(BlobKeyError)
  })

  test('the longest keys are kept', async () => {
    const longest = [...Array.from({ length: 2 }, () => 'x'.repeat(200)), 'y'.repeat(98)].join('/')
    await blobs.put(longest, Buffer.from('far'))
    expect(await keys('x')).toEqual([longest])
  })

  test.each([1, 20 * MEGABYTE])('a stream that breaks after %i bytes leaves nothing, and says why', async (size) => {
    const broken = streamOf(size, () => Promise.reject(new Error('the line was cut')))
    await expect(blobs.put('cut', broken)).rejects.toThrow('the line was cut')
    expect(await blobs.stat('cut')).toBeUndefined()
    expect(await keys()).toEqual([])
    expect(unfinished()).toEqual([])
  })

  test.each([1, 20 * MEGABYTE])('a put that is stopped after %i bytes leaves what was there before', async (size) => {
    await blobs.put('kept', Buffer.from('before'))
    const stop = new AbortController()
    const slow = streamOf(size, async () => {
      setTimeout(() => stop.abort(), 50)
      await never()
    })
    await expect(blobs.put('kept', slow, { signal: stop.signal })).rejects.toThrow(/abort/i)
    await expect(blobs.put('kept', Buffer.from('late'), { signal: stop.signal })).rejects.toThrow(/abort/i)
    expect((await read('kept')).toString()).toBe('before')
    expect(unfinished()).toEqual([])
    expect(slow.destroyed).toBe(true)
  })

  test('64 MB pass through without ever being in memory at once', async () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const inMemory = () => (collect(), process.memoryUsage().arrayBuffers)
    const before = inMemory()
    const peaks: number[] = []
    async function* chunks() {
      for (let sent = 0; sent < 64; sent++) {
        if (sent % 8 === 7) peaks.push(inMemory() - before)
        for (let sixteenth = 0; sixteenth < 16; sixteenth++) yield randomBytes(MEGABYTE / 16)
      }
    }
    expect(await blobs.put('large', Readable.from(chunks(), { objectMode: false }))).toMatchObject({
      size: 64 * MEGABYTE,
    })
    // The S3 server of the tests is in this process too, and holds what it has not written yet.
    expect(Math.max(...peaks)).toBeLessThan(56 * MEGABYTE)
    const got = await blobs.get('large')
    await sleep(200)
    expect(got.readableLength).toBeLessThan(MEGABYTE)
    let size = 0
    for await (const chunk of got) size += chunk.length
    expect(size).toBe(64 * MEGABYTE)
    expect((await read('large', { suffix: 10 })).length).toBe(10)
  })

  test('many puts of one key at once leave one of the contents, whole', async () => {
    const contents = Array.from({ length: 10 }, () => randomBytes(5000))
    await Promise.all(contents.map((content) => blobs.put('fought/over', content)))
    const left = await read('fought/over')
    expect(contents.filter((content) => content.equals(left))).toHaveLength(1)
  })

  test('a process killed in the middle of a put leaves nothing under the key, and its leftovers are swept a day later', async () => {
    const child = spawn(process.execPath, [join(root, 'tests', 'dying-put.ts')], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await until('it is in the middle', () => output.includes('in the middle'))
    await until('something has been written', () => unfinished().length > 0)
    child.kill('SIGKILL')
    await until('it is dead', () => child.signalCode === 'SIGKILL')
    expect(await blobs.stat('killed')).toBeUndefined()
    expect(await keys()).toEqual([])

    await (await open())[Symbol.asyncDispose]()
    expect(unfinished()).toHaveLength(1)
    if (store === 'S3') s3.ageUnfinished()
    else {
      const left = join(env['BAGAD_DATA'] ?? '', 'blobs', 'unfinished', unfinished()[0] ?? '')
      const then = new Date(Date.now() - 48 * 3600 * 1000)
      utimesSync(left, then, then)
    }
    await (await open())[Symbol.asyncDispose]()
    expect(unfinished()).toEqual([])
  })
})

test('on files, contents of any length that are put at once under one key never mix', async () => {
  const blobs = await openBlobs(testConfig({ BAGAD_DATA: emptyFolder() }).config, log)
  const contents = Array.from({ length: 12 }, (_, number) => randomBytes(1 + number * 70_000))
  await Promise.all(
    contents.map((content) => blobs.put('fought/over', Readable.from([content.subarray(0, 1), content.subarray(1)]))),
  )
  const left = await buffer(await blobs.get('fought/over'))
  expect(contents.filter((content) => content.equals(left))).toHaveLength(1)
})

test('on files, putting and deleting beside each other never fails', async () => {
  const blobs = await openBlobs(testConfig({ BAGAD_DATA: emptyFolder() }).config, log)
  const churn = async (key: string) => {
    for (let round = 0; round < 30; round++) {
      await blobs.put(key, Buffer.from(key))
      await blobs.delete(key)
    }
  }
  await Promise.all(['a/b/1', 'a/b/2', 'a/b/c/3', 'a/4'].map(churn))
  expect(await Array.fromAsync(blobs.list())).toEqual([])
})

test('on files, nobody else may read them', async () => {
  const { config } = testConfig({ BAGAD_DATA: emptyFolder() })
  const blobs = await openBlobs(config, log)
  await blobs.put('pic/1', Buffer.from('x'))
  const mode = (path: string) => statSync(join(config.data, 'blobs', path)).mode & 0o777
  expect([mode('kept'), mode('kept/pic'), mode('kept/pic/1='), mode('unfinished')]).toEqual([
    0o700, 0o700, 0o600, 0o700,
  ])
})

test('a bucket that is half described is refused, with what is missing', async () => {
  const open = (env: Record<string, string>) => openBlobs(testConfig(env).config, log)
  await expect(open({ S3_ENDPOINT: 'http://127.0.0.1:1' })).rejects.toThrow(ConfigError)
  await expect(open({ S3_BUCKET: 'bagad' })).rejects.toThrow(/S3_ACCESS_KEY_ID/)
})

test('the status page tells whether the store is well', async () => {
  await using well = await openTestInstance({ env: s3.env })
  expect((await well.ask('', '/statut')).text).toContain('Fichiers')
  await using away = await openTestInstance({ env: { ...s3.env, S3_ENDPOINT: 'http://127.0.0.1:9' } })
  expect((await away.ask('', '/statut')).status).toBe(503)
})

function listed(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { board } from '../docs/example-board/service.ts'
import { bell } from '../docs/example-service/service.ts'
import type { Service } from '../src/platform/service.ts'
import { services } from '../src/services.ts'
import { openTestInstance, type TestInstance } from './instance.ts'
import { ownImports as imports, sources } from './sources.ts'

const root = resolve(import.meta.dirname, '..')
const ROOMS = ['commons', 'hosting', 'association', 'house']

/** `src/commons/link/pages/home.tsx` belongs to `src/commons/link`; undefined for what belongs to no service. */
function serviceOf(path: string): string | undefined {
  const [src, room = '', name, file] = path.split('/')
  return src === 'src' && ROOMS.includes(room) && file ? `${src}/${room}/${name}` : undefined
}

const told = ({ from, to }: { from: string; to: string }) => `${from} imports ${to}`

test('the imports are really read', () => {
  expect(imports.length).toBeGreaterThan(100)
})

test('a service imports the platform and its own folder, nothing else of ours', () => {
  const strangers = imports.filter(({ from, to }) => {
    const service = serviceOf(from)
    return service && serviceOf(to) !== service && !to.startsWith('src/platform/')
  })
  expect(strangers.map(told), 'what two services need moves to src/platform/').toEqual([])
})

test('the platform imports no service', () => {
  expect(
    imports.filter(({ from, to }) => from.startsWith('src/platform/') && !to.startsWith('src/platform/')).map(told),
  ).toEqual([])
})

test('only main.ts and services.ts know both the platform and the services', () => {
  const both = imports.filter(({ from, to }) => !from.startsWith('src/platform/') && !serviceOf(from) && serviceOf(to))
  expect([...new Set(both.map(({ from }) => from))]).toEqual(['src/services.ts'])
})

test('no file is named after no idea', () => {
  const vague = sources.filter((path) => /\/(utils?|helpers?|common|misc|shared|manager|handlers?|lib)\./i.test(path))
  expect(
    vague,
    'a file is named after the one idea that it holds: no utils, helpers, common, manager, handler',
  ).toEqual([])
})

test('an island bears the name of its folder and file, which the build looks it up by', () => {
  for (const path of globSync('src/**/*.island.tsx', { cwd: root })) {
    const [service, , file] = path.split('/').slice(-3)
    const source = readFileSync(join(root, path), 'utf8').replaceAll(/island\(\s+/g, 'island(')
    expect(
      source,
      `${path}: an island is made by island('<folder>/<file>', …), which the build looks it up by`,
    ).toContain(`island('${service}/${file?.replace('.island.tsx', '')}'`)
  }
})

/** Routes that every host has: they are the platform's. */
const isOfPlatform = (it: TestInstance, { method, url }: { method: string; url: string }) =>
  it.routes.get('portal')?.some((route) => route.method === method && route.url === url)

/** A body that the schema of a route takes, where one can be made up. */
function madeUp(schema: unknown): object {
  try {
    const body: unknown = Value.Create(schema ?? {})
    return typeof body === 'object' && body !== null ? body : {}
  } catch {
    return {}
  }
}

/** Whether an answer says that a stranger may write: not that they must sign in, nor that the request cannot be read. */
const letsIn = (status: number, location = '') =>
  ![400, 401, 403, 405, 415].includes(status) && !/^\/(login|_sso)/.test(location)

/** Routes of a service where a stranger's write is not turned away. */
async function strangersWrite(it: TestInstance, { name }: Service): Promise<string[]> {
  const open: string[] = []
  for (const route of it.routes.get(name) ?? []) {
    const { method, url, schema } = route
    if (['GET', 'HEAD', 'OPTIONS'].includes(method) || isOfPlatform(it, route)) continue
    const { status, headers } = await it.askService(name, url.replaceAll(/:\w+|\*/g, 'x'), {
      method,
      body: madeUp(schema?.body),
      headers: { 'sec-fetch-site': 'same-origin', accept: 'text/html' },
    })
    if (letsIn(status, headers.location)) open.push(`${method} ${url}`)
  }
  return open
}

/** The members marked **public** in the contract that a service lacks, in words. */
function missingHooks(it: TestInstance, { name, refusals, retention }: Service): string[] {
  const running = it.instance.running.get(name)
  const hooks = {
    'Service.refusals: what it refuses, in words': refusals,
    'Service.retention: what it keeps, and for how long': retention,
    'Running.content: how moderators find, hide and remove what people put there': running?.content,
    'Running.person: what it holds of a person, given to them and erased': running?.person,
  }
  return Object.entries(hooks).flatMap(([hook, value]) => (value === undefined ? [hook] : []))
}

test('a service in which strangers may write has every member of the contract that is marked public', async () => {
  await using it = await openTestInstance({ services: [...services, board, bell] })
  // The house has no contents of strangers: it is what accounts and reports go through.
  const ordinary = [...services, board].filter(({ area }) => area !== 'house')
  const open = new Map<Service, string[]>()
  for (const service of ordinary) open.set(service, await strangersWrite(it, service))
  const written = ordinary.filter((service) => open.get(service)?.length)
  expect(written).toContain(board)
  for (const service of written)
    expect(
      missingHooks(it, service),
      `strangers may write to ${service.name} (${open.get(service)?.join(', ')}), which lacks what src/platform/service.ts marks public`,
    ).toEqual([])
  // The doorbell is too small to be run in public, and the rule says so.
  expect(await strangersWrite(it, bell)).toEqual(['POST /'])
  expect(missingHooks(it, bell)).toHaveLength(3)
})

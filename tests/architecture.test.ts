import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
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

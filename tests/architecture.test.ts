import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const ROOMS = ['commons', 'hosting', 'association', 'house']

/** Every import of our own files by our own files, with what it resolves to, both relative to the checkout. */
function ownImports(): { from: string; to: string }[] {
  const sources = globSync('src/**/*.{ts,tsx}', { cwd: root }).filter((path) => !/\.test\.tsx?$/.test(path))
  return sources.flatMap((from) => {
    const { module } = parseSync(from, readFileSync(join(root, from), 'utf8'))
    const named = [
      ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...module.staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    ]
    const dynamic = module.dynamicImports.map(({ moduleRequest }) =>
      readFileSync(join(root, from)).subarray(moduleRequest.start, moduleRequest.end).toString().replaceAll(/['"`]/g, ''),
    )
    return [...named, ...dynamic]
      .filter((target) => target.startsWith('.'))
      .map((target) => ({ from, to: relative(root, resolve(root, dirname(from), target)) }))
  })
}

/** `src/commons/link/pages/home.tsx` belongs to `src/commons/link`; undefined for what belongs to no service. */
function serviceOf(path: string): string | undefined {
  const [src, room = '', name, file] = path.split('/')
  return src === 'src' && ROOMS.includes(room) && file ? `${src}/${room}/${name}` : undefined
}

const imports = ownImports()
const told = ({ from, to }: { from: string; to: string }) => `${from} imports ${to}`

test('the imports are really read', () => {
  expect(imports.length).toBeGreaterThan(100)
})

test('a service imports the platform and its own folder, nothing else of ours', () => {
  const strangers = imports.filter(({ from, to }) => {
    const service = serviceOf(from)
    return service && serviceOf(to) !== service && !to.startsWith('src/platform/')
  })
  expect(strangers.map(told)).toEqual([])
})

test('the platform imports no service', () => {
  expect(imports.filter(({ from, to }) => from.startsWith('src/platform/') && !to.startsWith('src/platform/')).map(told)).toEqual([])
})

test('only main.ts and services.ts know both the platform and the services', () => {
  const both = imports.filter(({ from, to }) => !from.startsWith('src/platform/') && !serviceOf(from) && serviceOf(to))
  expect([...new Set(both.map(({ from }) => from))]).toEqual(['src/services.ts'])
})

test('no file is named after no idea', () => {
  const vague = globSync('src/**/*.{ts,tsx}', { cwd: root }).filter((path) => /\/(utils?|helpers?|common|misc|shared|manager|handlers?|lib)\./i.test(path))
  expect(vague).toEqual([])
})

test('an island bears the name of its folder and file, which the build looks it up by', () => {
  for (const path of globSync('src/**/*.island.tsx', { cwd: root })) {
    const [service, , file] = path.split('/').slice(-3)
    expect(readFileSync(join(root, path), 'utf8'), path).toContain(`island('${service}/${file?.replace('.island.tsx', '')}'`)
  }
})

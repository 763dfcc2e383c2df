import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { madeDocuments } from '../scripts/documents.ts'
import { loadConfig } from '../src/platform/config/load.ts'
import { services } from '../src/services.ts'

const root = resolve(import.meta.dirname, '..')
const pages = globSync(['*.md', 'docs/**/*.md', 'deploy/*.md'], { cwd: root })
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')

test.each([...madeDocuments()])('%s is what the program says today (npm run documents)', (path, text) => {
  expect(textOf(path)).toBe(text)
})

test('the example of a configuration is one, and its defaults are not what it sets', () => {
  const { config, settings } = loadConfig(
    { BAGAD_CONFIG: join(root, 'docs/operators/bagad.example.toml') },
    '/',
    services,
  )
  expect(config).toMatchObject({ domain: 'example.org', scheme: 'https', demo: 'off' })
  const set = settings.filter(({ source }) => source !== 'default')
  for (const { name, value, schema } of set) expect(value, name).not.toEqual(schema.default)
})

describe.each(pages)('%s', (page) => {
  test('leads to files that are there', () => {
    const links = [...textOf(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^\w+:/.test(target))
    expect(links.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([])
  })
})

const snippets = pages.flatMap((page) =>
  [...textOf(page).matchAll(/^ *```ts (\S+)\n(.*?)^ *```$/gms)].map(([, path = '', code = '']) => ({
    page,
    path,
    code,
  })),
)

test('there are snippets to compare', () => {
  expect(snippets.length).toBeGreaterThan(5)
})

test.each(snippets)('a snippet of $page is in $path, line by line', ({ path, code }) => {
  const lines = textOf(path)
    .split('\n')
    .map((line) => line.trim())
  let from = 0
  for (const line of code.split('\n').map((one) => one.trim())) {
    if (line === '' || line === '…') continue
    const at = lines.indexOf(line, from)
    expect(at, `${path} has no line "${line}" below line ${from}`).toBeGreaterThanOrEqual(0)
    from = at + 1
  }
})

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const folders = globSync('{src,docs}/**/locales/fr.json', { cwd: root }).map(dirname)

function messages(path: string): Map<string, string> {
  const walk = (tree: object, prefix: string): [string, string][] =>
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value]] : walk(value, `${prefix}${key}.`),
    )
  return new Map(walk(JSON.parse(readFileSync(join(root, path), 'utf8')), ''))
}

const placeholders = (text: string) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name).toSorted((a, b) => a.localeCompare(b))

test('there are messages to look at', () => {
  expect(folders.length).toBeGreaterThanOrEqual(3)
})

test.each(folders)('%s says the same things in French and in English', (folder) => {
  const french = messages(join(folder, 'fr.json'))
  const english = messages(join(folder, 'en.json'))
  expect([...english.keys()].toSorted()).toEqual([...french.keys()].toSorted())
  for (const [key, text] of french) {
    expect(text.trim(), key).not.toBe('')
    expect(english.get(key)?.trim(), key).not.toBe('')
    expect(placeholders(english.get(key) ?? ''), key).toEqual(placeholders(text))
  }
})

test.each(folders)('every message of %s is said somewhere', (folder) => {
  const owner = folder.startsWith('src/platform') ? 'src' : dirname(folder)
  const sources = globSync([`${owner}/**/*.{ts,tsx}`, 'src/platform/**/*.{ts,tsx}'], { cwd: root })
  const code = sources.map((path) => readFileSync(join(root, path), 'utf8')).join('\n')
  // Keys that are put together at run time begin like a template of the code: `refusals.${code}.title`.
  const beginnings = [...code.matchAll(/[`'](\w[\w.-]*\.)\$\{/g)].map(([, beginning = '']) => beginning)
  const keys = [...messages(join(folder, 'fr.json')).keys()].map((key) => key.replace(/_(zero|one|other)$/, ''))
  const silent = keys.filter(
    (key) => !code.includes(`'${key}'`) && !beginnings.some((beginning) => key.startsWith(beginning)),
  )
  expect(silent).toEqual([])
})

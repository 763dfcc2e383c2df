/** Our own sources, as the parser sees them: for tests that hold laws over all files. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseSync } from 'oxc-parser'

const root = resolve(import.meta.dirname, '..')

/** Paths of the program's own files, tests and their lists of pages left out, relative to the checkout. */
export const sources = globSync('src/**/*.{ts,tsx}', { cwd: root }).filter(
  (path) => !/\.(test|pages)\.tsx?$/.test(path),
)

export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

/** What a file imports: the specifier as written, and the names that are taken from it (types left out). */
export function importsOf(path: string): { from: string; names: string[] }[] {
  const text = textOf(path)
  const { module } = parseSync(path, text)
  return [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({
      from: moduleRequest.value,
      names: entries.filter(({ isType }) => !isType).map(({ importName }) => importName.name ?? '*'),
    })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => (moduleRequest ? [{ from: moduleRequest.value, names: ['*'] }] : [])),
    ),
    ...module.dynamicImports.map(({ moduleRequest }) => ({
      from: text.slice(moduleRequest.start, moduleRequest.end).replaceAll(/['"`]/g, ''),
      names: ['*'],
    })),
  ]
}

/** Every import of our own files by our own files, with what it resolves to, both relative to the checkout. */
export const ownImports = sources.flatMap((from) =>
  importsOf(from)
    .filter((one) => one.from.startsWith('.'))
    .map((one) => ({ from, to: relative(root, resolve(root, dirname(from), one.from)) })),
)

/** A node of a parsed file, as far as a test asks. */
export interface SourceNode {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

/** Every node of a file, in the order of the source. */
export function* nodesOf(path: string): Generator<SourceNode> {
  yield* below(parseSync(path, textOf(path)).program)
}

function* below(value: unknown): Generator<SourceNode> {
  if (Array.isArray(value)) for (const one of value) yield* below(one)
  else if (isNode(value)) {
    yield value
    for (const one of Object.values(value)) yield* below(one)
  }
}

export function isNode(value: unknown): value is SourceNode {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value
  )
}

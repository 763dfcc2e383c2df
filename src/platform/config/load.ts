import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { distance } from 'fastest-levenshtein'
import { parse as parseToml } from 'smol-toml'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { programFolder } from '../paths.ts'
import { Settings, type Config, type ServiceSettings, type SettingOptions } from './settings.ts'

type Leaf = TSchema & SettingOptions & { default?: unknown }
type Tree = { [key: string]: unknown }

/** One setting of the effective configuration: `association.name`, its value, and where that came from. */
export interface Setting {
  name: string
  value: unknown
  /** `default`, the path of the file, or the name of the environment variable. */
  source: string
  schema: Leaf
}

export interface LoadedConfig {
  config: Config
  settings: Setting[]
  /** Path of the configuration file, when there is one. */
  file: string | undefined
  /** What is odd without being wrong, a sentence each. */
  warnings: string[]
}

/** A service as the loader knows it. */
export interface ConfiguredService {
  name: string
  settings?: ServiceSettings
}

/**
 * Settings that cannot be used; the message has one line a problem, each with the name, the value and what is expected.
 */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads the configuration: environment over `bagad.toml` over defaults.
 *
 * The file is `BAGAD_CONFIG`, else `bagad.toml` in the checkout. Folders in the file are relative to it, folders in
 * the environment to the working directory, defaults to the checkout.
 *
 * @param services the services that `[services.<name>]` may speak of, with their own settings
 * @throws ConfigError naming every unknown or malformed setting at once
 */
export function loadConfig(
  env: NodeJS.ProcessEnv,
  workingDirectory: string,
  services: readonly ConfiguredService[],
): LoadedConfig {
  const named = env['BAGAD_CONFIG']
  const path = named ? resolve(workingDirectory, named) : join(programFolder, 'bagad.toml')
  if (named && !existsSync(path)) throw new ConfigError(`BAGAD_CONFIG is "${named}": expected a file that exists`)
  const file = existsSync(path) ? path : undefined
  const given = file ? readToml(file) : {}

  const problems: string[] = []
  const settings: Setting[] = []
  const known = knownSettings(services)
  for (const { name, schema } of known) {
    const { value, source } = pick(name, schema, env, given, file)
    settings.push({ name, schema, source, value })
    if (value !== undefined && !Value.Check(schema, value)) problems.push(complaint(name, value, source, schema))
  }
  for (const { name, value } of leaves(given)) {
    const isKnown = known.some((one) => one.name === name)
    if (!isKnown)
      problems.push(
        `${name} in ${file} is "${shown(value)}": no setting has that name${nearest(
          name,
          known.map((one) => one.name),
        )}`,
      )
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))

  const config = assemble(settings, file, workingDirectory)
  return { config, settings, file, warnings: unknownVariables(env, known) }
}

function readToml(file: string): Tree {
  try {
    return parseToml(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Every setting there is, in the order of the schema, each with its dotted name. */
function knownSettings(services: readonly ConfiguredService[]): { name: string; schema: Leaf }[] {
  const walk = (schema: TSchema, prefix: string): { name: string; schema: Leaf }[] =>
    Object.entries((schema as { properties?: Record<string, TSchema> }).properties ?? {}).flatMap(([key, child]) => {
      const name = prefix + key
      if (name === 'services')
        return services.flatMap(({ name: service, settings }) => [
          ...walk(recordValue(child), `services.${service}.`),
          ...(settings ? walk(settings, `services.${service}.`) : []),
        ])
      return 'properties' in child ? walk(child, `${name}.`) : isLeaf(child) ? [{ name, schema: child }] : []
    })
  return walk(Settings, '')
}

function isLeaf(schema: TSchema): schema is Leaf {
  return 'expected' in schema && 'description' in schema
}

function recordValue(record: TSchema): TSchema {
  const patterns: Record<string, TSchema> =
    (record as { patternProperties?: Record<string, TSchema> }).patternProperties ?? {}
  const [value] = Object.values(patterns)
  if (!value) throw new Error('the settings of services are not a record')
  return value
}

function pick(
  name: string,
  schema: Leaf,
  env: NodeJS.ProcessEnv,
  given: Tree,
  file: string | undefined,
): { value: unknown; source: string } {
  const variable = schema.env ? env[schema.env] : undefined
  if (schema.env && variable !== undefined && variable !== '')
    return { value: fromText(variable, schema), source: schema.env }
  const value = name.split('.').reduce<unknown>((tree, key) => (isTree(tree) ? tree[key] : undefined), given)
  if (value !== undefined && file) return { value, source: file }
  return { value: schema.default, source: 'default' }
}

function fromText(value: string, schema: Leaf): unknown {
  const type: unknown = 'type' in schema ? schema.type : undefined
  if (type === 'integer') return /^-?\d+$/.test(value) ? Number(value) : value
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value
  if (type === 'array')
    return value
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)
  return value
}

function assemble(settings: Setting[], file: string | undefined, workingDirectory: string): Config {
  const tree: Tree = { services: {} }
  for (const { name, value, source } of settings) {
    const keys = name.split('.')
    const last = keys.pop() ?? name
    let branch = tree
    for (const key of keys) {
      const next = branch[key] ?? {}
      branch[key] = next
      if (isTree(next)) branch = next
    }
    if (value === undefined) continue
    const base = source === 'default' ? programFolder : source === file ? dirname(source) : workingDirectory
    branch[last] = ['data', 'pid_file', 'key_file', 'backup.folder'].includes(name)
      ? resolve(base, shown(value))
      : value
  }
  return Value.Parse(Settings, tree)
}

function unknownVariables(env: NodeJS.ProcessEnv, known: { schema: Leaf }[]): string[] {
  const variables = known.flatMap(({ schema }) => (schema.env ? [schema.env] : []))
  const ours = new Set([...variables, 'BAGAD_CONFIG', 'BAGAD_BUILD'])
  const strangers = Object.keys(env).filter((name) => name.startsWith('BAGAD_') && !ours.has(name))
  return strangers.map(
    (name) =>
      `${name} is "${env[name]}": this version knows no such variable${nearest(name, variables)}; it is ignored`,
  )
}

function* leaves(tree: Tree, prefix = ''): Generator<{ name: string; value: unknown }> {
  for (const [key, value] of Object.entries(tree)) {
    if (isTree(value)) yield* leaves(value, `${prefix}${key}.`)
    else yield { name: prefix + key, value }
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function complaint(name: string, value: unknown, source: string, schema: Leaf): string {
  const origin = schema.env === source ? source : `${name} in ${source}`
  return `${origin} is "${schema.secret ? '…' : shown(value)}": expected ${schema.expected}`
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** ` (did you mean X?)` when one known name is at most two letters away. */
function nearest(name: string, candidates: string[]): string {
  const ranked = candidates
    .map((candidate) => ({ candidate, far: distance(name, candidate) }))
    .sort((a, b) => a.far - b.far)
  return ranked[0] && ranked[0].far <= 2 ? ` (did you mean ${ranked[0].candidate}?)` : ''
}

/** `bagad start --help`: every variable of the environment, with what it says and its default. */
export function explainVariables(): string {
  const variables = knownSettings([]).flatMap(({ schema: { env, description, default: usual } }) =>
    env ? [{ env, description, usual }] : [],
  )
  const described = (usual: unknown) => {
    const text = Array.isArray(usual) ? usual.join(',') : shown(usual ?? '')
    return text === '' ? '' : ` [${text}]`
  }
  const width = Math.max(...variables.map(({ env }) => env.length))
  const lines = variables.map(
    ({ env, description, usual }) => `  ${env.padEnd(width)}  ${description}${described(usual)}`,
  )
  return `\nSettings come from the environment, or from bagad.toml beside the program or where BAGAD_CONFIG says\n(docs/operators/configuration.md has them all; "bagad config" prints those in force):\n\n${lines.join('\n')}`
}

/** `bagad config`: one line a setting, with its value (secrets masked) and where it came from. */
export function printConfig({ settings }: LoadedConfig): string {
  const value = ({ schema, value: set }: Setting) =>
    set === undefined ? '' : schema.secret ? '••••••' : JSON.stringify(set)
  const rows = settings.map((setting) => [`${setting.name} = ${value(setting)}`, setting.source] as const)
  const width = Math.min(60, Math.max(...rows.map(([left]) => left.length)))
  return rows.map(([left, source]) => `${left.padEnd(width)}  # ${source}`).join('\n')
}

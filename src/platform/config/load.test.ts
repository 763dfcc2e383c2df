import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigError, explainVariables, loadConfig, printConfig } from './load.ts'
import { count, defineSettings, settingsOf } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'bagad-config-'))

function load(toml: string, env: NodeJS.ProcessEnv = {}) {
  const path = join(folder, 'bagad.toml')
  writeFileSync(path, toml)
  return loadConfig({ BAGAD_CONFIG: path, ...env }, '/somewhere', [{ name: 'link' }])
}

function complaintOf(toml: string, env: NodeJS.ProcessEnv = {}): string {
  try {
    load(toml, env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

test('every variable is explained, with its default', () => {
  const text = explainVariables()
  const variables = load('').settings.flatMap(({ schema: { env } }) => env ?? [])
  expect(variables.filter((name) => !text.includes(`  ${name} `))).toEqual([])
  expect(text).toMatch(/^ {2}BAGAD_PORT +Port of the web server\. \[8080\]$/m)
})

describe('the environment is over the file, the file over the defaults', () => {
  test('each value tells where it came from', () => {
    const { config, settings } = load('port = 9000\n[association]\nname = "Infini"\n', { BAGAD_PORT: '9100' })
    expect(config.port).toBe(9100)
    expect(config.association.name).toBe('Infini')
    expect(config.domain).toBe('localhost')
    const source = (name: string) => settings.find((one) => one.name === name)?.source
    expect(source('port')).toBe('BAGAD_PORT')
    expect(source('association.name')).toBe(join(folder, 'bagad.toml'))
    expect(source('domain')).toBe('default')
  })

  test('an empty variable is no variable', () => {
    expect(load('', { BAGAD_PORT: '' }).config.port).toBe(8080)
  })

  test('lists come separated by commas', () => {
    expect(load('', { BAGAD_LISTEN: '127.0.0.1, ::1' }).config.listen).toEqual(['127.0.0.1', '::1'])
  })

  test('a folder of the file is beside the file, one of the environment beside the caller', () => {
    expect(load('data = "d"').config.data).toBe(join(folder, 'd'))
    expect(load('', { BAGAD_DATA: 'd' }).config.data).toBe('/somewhere/d')
  })

  test('a service has its table', () => {
    expect(load('[services.link]\nhost = "liens"\n').config.services['link']).toMatchObject({
      enabled: true,
      host: 'liens',
      aliases: [],
    })
  })
})

describe('what cannot be used names itself, its value and what is expected', () => {
  test.each([
    ['port = "abc"', {}, /port in .*bagad\.toml is "abc": expected a whole number from 0 to 65535/],
    ['', { BAGAD_PORT: 'abc' }, /^BAGAD_PORT is "abc": expected a whole number/],
    ['', { BAGAD_PORT: '70000' }, /^BAGAD_PORT is "70000"/],
    ['domain = "Not A Host"', {}, /domain .* is "Not A Host": expected a host name/],
    ['prot = 80', {}, /prot .* is "80": no setting has that name \(did you mean port\?\)/],
    ['[association]\nnmae = "x"', {}, /association\.nmae .*did you mean association\.name\?/],
    ['[services.lnik]\nenabled = false', {}, /services\.lnik\.enabled .*did you mean services\.link\.enabled/],
    ['[association]\ncolour = "blue"', {}, /association\.colour .* is "blue": expected a colour/],
    ['port = ', {}, /cannot be read/],
  ])('%s %o', (toml, env, message) => {
    expect(complaintOf(toml, env)).toMatch(message)
  })

  test('all problems are told at once', () => {
    expect(complaintOf('port = "x"\nprot = 1', { BAGAD_SCHEME: 'ftp' }).split('\n')).toHaveLength(3)
  })

  test('a configuration file that was asked for must be there', () => {
    expect(() => loadConfig({ BAGAD_CONFIG: '/nowhere/bagad.toml' }, '/', [])).toThrow('expected a file that exists')
  })

  test('a variable of ours that this version does not know is told, not refused', () => {
    expect(load('', { BAGAD_PROT: '80' }).warnings).toEqual([
      expect.stringMatching(/BAGAD_PROT .*did you mean BAGAD_PORT\?/),
    ])
  })
})

test('a service’s own settings are checked, printed and given typed, like those of the platform', () => {
  const days = count('Days for which a notice is shown.', 30, 365)
  const board = { name: 'board', settings: defineSettings({ days }) }
  const loadBoard = (toml: string) => {
    const path = join(folder, 'board.toml')
    writeFileSync(path, toml)
    return loadConfig({ BAGAD_CONFIG: path }, '/', [{ name: 'link' }, board])
  }
  const loaded = loadBoard('[services.board]\ndays = 7\nhost = "annonces"')
  expect(settingsOf(loaded.config, 'board', board.settings)).toEqual({ days: 7 })
  expect(printConfig(loaded)).toContain('services.board.days = 7')
  expect(() => loadBoard('[services.board]\ndays = 400')).toThrow(
    /services\.board\.days .*"400": expected a whole number from 0 to 365/,
  )
  expect(() => loadBoard('[services.link]\ndays = 7')).toThrow('services.link.days')
})

test('the printed configuration masks secrets', () => {
  const printed = printConfig(load('', { DATABASE_URL: 'postgres://bagad:s3cret@db/bagad' }))
  expect(printed).toContain('# DATABASE_URL')
  expect(printed).not.toContain('s3cret')
  expect(complaintOf('database_url = 12')).not.toContain('12:')
})

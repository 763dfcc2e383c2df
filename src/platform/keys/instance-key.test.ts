import { chmodSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { InstanceKey } from './instance-key.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'bagad-key-'))

test('the key is made once, for its owner’s eyes only, and read again', () => {
  const data = join(folder(), 'data')
  const made = InstanceKey.open({ data })
  expect(statSync(join(data, 'instance.key')).mode & 0o777).toBe(0o600)
  const again = InstanceKey.open({ data })
  expect(again.derive('tokens')).toEqual(made.derive('tokens'))
  expect(again.derive('tokens')).not.toEqual(made.derive('cookies'))
  expect(again.keyedHash('tokens', 'a')).not.toEqual(again.keyedHash('tokens', 'b'))
  expect(readFileSync(join(data, 'instance.key'), 'utf8')).not.toContain(made.derive('tokens').toString('base64url'))
})

test('a file of another place serves as well', () => {
  const [data, elsewhere] = [folder(), folder()]
  const file = join(elsewhere, 'key')
  expect(InstanceKey.open({ data, key_file: file }).derive('x')).toEqual(
    InstanceKey.open({ data, key_file: file }).derive('x'),
  )
  expect(existsSync(join(data, 'instance.key'))).toBe(false)
})

test('a key that everyone can read, or that is none, is refused with the remedy', () => {
  const data = folder()
  InstanceKey.open({ data })
  chmodSync(join(data, 'instance.key'), 0o644)
  expect(() => InstanceKey.open({ data })).toThrow(/chmod 600/)
  const damaged = folder()
  writeFileSync(join(damaged, 'instance.key'), 'short\n', { mode: 0o600 })
  expect(() => InstanceKey.open({ data: damaged })).toThrow(/holds no instance key/)
})

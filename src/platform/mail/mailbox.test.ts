import { describe, expect, test } from 'vitest'
import { isMailbox } from './mailbox.ts'

describe('a mail address', () => {
  test.each([
    'a@b',
    'claire.le-goff+asso@example.org',
    "o'neil@example.org",
    'été@exemple.fr',
    'a@éxample.fr',
    `${'a'.repeat(64)}@example.org`,
  ])('%s is one', (text) => {
    expect(isMailbox(text)).toBe(true)
  })

  test.each([
    '',
    '@',
    'a@',
    '@b',
    'a b@c',
    'a@b c',
    'a@b@c',
    '.a@b',
    'a.@b',
    'a..b@c',
    'a@-b',
    'a@b-',
    'a@b..c',
    'a@[127.0.0.1]',
    '"a"@b',
    'a@b\n',
    'a@b\r\nc',
    `${'a'.repeat(65)}@b`,
    `a@${'b.'.repeat(130)}c`,
  ])('%j is none', (text) => {
    expect(isMailbox(text)).toBe(false)
  })
})

import { expect, test } from 'vitest'
import { hashPassword, isPassword } from './passwords.ts'
import { TooBusy } from './too-busy.ts'

test('a password is known again, and only that one', async () => {
  const phc = await hashPassword('un phare à Brest')
  expect(phc).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  expect(await isPassword('un phare à Brest', phc)).toBe(true)
  expect(await isPassword('un phare à brest', phc)).toBe(false)
  expect(await isPassword('', phc)).toBe(false)
  expect(await hashPassword('un phare à Brest')).not.toBe(phc)
})

test('hashes of other makers are read: the reference’s own example', async () => {
  // From the command line tool of the reference implementation: echo -n password | argon2 somesalt -id -t 2 -k 65536 -p
  // 1
  expect(
    await isPassword(
      'password',
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    ),
  ).toBe(true)
})

test.each(['', 'plain', '$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$AAAA', '$2b$12$abc'])(
  '%s is the hash of nothing',
  async (phc) => expect(await isPassword('password', phc)).toBe(false),
)

test('parameters that nothing can be hashed with are told, and the next is hashed all the same', async () => {
  await expect(isPassword('x', `$argon2id$v=19$m=19456,t=0,p=1$c29tZXNhbHQ$${'A'.repeat(43)}`)).rejects.toThrow(
    /passes/,
  )
  expect(await isPassword('x', await hashPassword('x'))).toBe(true)
})

test('more at once than memory allows is told, and the others are done', async () => {
  const answers = await Promise.allSettled(Array.from({ length: 60 }, () => hashPassword('x')))
  const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
  expect(refused).toHaveLength(8)
  expect(refused.every((reason) => reason instanceof TooBusy)).toBe(true)
  expect(await hashPassword('x')).toMatch(/^\$argon2id/)
})

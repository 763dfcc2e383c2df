import { expect, test } from 'vitest'
import { EmailError, normalizeEmail, type Email } from './email.ts'

const LETTER: Email = {
  to: 'claire@example.org',
  language: 'fr',
  subject: 'Votre lien',
  paragraphs: ['Une ligne,\net une autre.'],
  action: { label: 'Changer', url: 'https://example.org/a?b=c#d' },
  replyTo: 'aide@example.org',
}

test('a whole e-mail can be sent', () => {
  expect(normalizeEmail(LETTER)).toEqual(LETTER)
})

test('what came from a text area goes out: its lines end as ours do, and a subject has one', () => {
  const written = { subject: 'Bonjour\r\nBcc: b@example.org', paragraphs: ['Une ligne,\r\net\tune\0 autre.\r'] }
  expect(normalizeEmail({ ...LETTER, ...written })).toMatchObject({
    subject: 'Bonjour Bcc: b@example.org',
    paragraphs: ['Une ligne,\net\tune autre.'],
  })
})

test('a long subject is cut', () => {
  expect(normalizeEmail({ ...LETTER, subject: 'é'.repeat(300) }).subject).toBe('é'.repeat(200))
})

test.each<[string, Partial<Email>]>([
  ['a second recipient', { to: 'a@example.org, b@example.org' }],
  ['a header in the recipient', { to: 'a@example.org\r\nBcc: b@example.org' }],
  ['a header in the name part', { to: 'a\nBcc:b@example.org' }],
  ['a command in the recipient', { to: 'a@example.org>\r\nDATA' }],
  ['a name before the address', { to: 'Claire <claire@example.org>' }],
  ['no address', { to: 'claire' }],
  ['an empty address', { to: '' }],
  ['a subject that says nothing', { subject: ' ' }],
  ['a header in the address for answers', { replyTo: 'a@example.org\r\nBcc: b@example.org' }],
  ['a script to follow', { action: { label: 'a', url: 'javascript:alert(1)' } }],
  ['a line in the address to follow', { action: { label: 'a', url: 'https://example.org/\r\nb' } }],
])('with %s is refused', (_, wrong) => {
  expect(() => normalizeEmail({ ...LETTER, ...wrong })).toThrow(EmailError)
})

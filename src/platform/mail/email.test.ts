import { expect, test } from 'vitest'
import { checkEmail, EmailError, type Email } from './email.ts'

const LETTER: Email = {
  to: 'claire@example.org',
  language: 'fr',
  subject: 'Votre lien',
  paragraphs: ['Une ligne,\net une autre.'],
  action: { label: 'Changer', url: 'https://example.org/a?b=c#d' },
  replyTo: 'aide@example.org',
}

test('a whole letter can be sent', () => {
  expect(() => checkEmail(LETTER)).not.toThrow()
})

test.each<[string, Partial<Email>]>([
  ['a second recipient', { to: 'a@example.org, b@example.org' }],
  ['a header in the recipient', { to: 'a@example.org\r\nBcc: b@example.org' }],
  ['a header in the name part', { to: 'a\nBcc:b@example.org' }],
  ['a command in the recipient', { to: 'a@example.org>\r\nDATA' }],
  ['a name before the address', { to: 'Claire <claire@example.org>' }],
  ['no address', { to: 'claire' }],
  ['an empty address', { to: '' }],
  ['a header in the subject', { subject: 'Bonjour\r\nBcc: b@example.org' }],
  ['a line in the subject', { subject: 'Bonjour\nX: y' }],
  ['a subject that says nothing', { subject: ' ' }],
  ['a header in the address for answers', { replyTo: 'a@example.org\r\nBcc: b@example.org' }],
  ['a zero in a paragraph', { paragraphs: ['a\0b'] }],
  ['a line in the label', { action: { label: 'a\nb', url: 'https://example.org' } }],
  ['a script to follow', { action: { label: 'a', url: 'javascript:alert(1)' } }],
  ['a line in the address to follow', { action: { label: 'a', url: 'https://example.org/\r\nb' } }],
])('with %s is refused', (_, wrong) => {
  expect(() => checkEmail({ ...LETTER, ...wrong })).toThrow(EmailError)
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { TestBrowser } from '../../../tests/people.ts'
import { link } from '../../commons/link/service.ts'

let it: TestInstance

beforeAll(async () => {
  it = await openTestInstance({ services: [link] })
})
afterAll(() => it[Symbol.asyncDispose]())

describe('a form that is refused', () => {
  test('tells all that is wrong at once, each beside its field, and keeps what was written', async () => {
    const answer = await new TestBrowser(it).send('moderation', '/signaler', {
      url: ' ',
      explanation: 'Une <b>explication</b>',
      email: 'a b',
    })
    expect(answer.status).toBe(422)
    expect(answer.text).toContain('Plusieurs points sont à corriger.')
    for (const field of ['url', 'category', 'email']) {
      expect(answer.text, field).toContain(`<a href="#${field}">`)
      expect(answer.text, field).toMatch(new RegExp(`id="${field}"[^>]* aria-describedby="${field}-error`))
      expect(answer.text, field).toContain(`<p class="error" id="${field}-error" role="alert">`)
    }
    expect(answer.text).toContain('Une &lt;b>explication&lt;/b></textarea>')
    expect(answer.text).toMatch(/id="email"[^>]* value="a b"/)
    expect(answer.text).toMatch(/<div class="error" role="alert" tabindex="-1" autofocus>/i)
  })

  test('with one wrong field puts the keyboard there, and says nothing above the form', async () => {
    const fields = { url: 'https://ailleurs.example/', category: 'spam', explanation: 'a'.repeat(6000) }
    const long = await new TestBrowser(it).send('moderation', '/signaler', fields)
    expect([long.status, long.text.includes('<div class="error"')]).toEqual([422, false])
    expect(long.text).toMatch(/<textarea[^>]* id="explanation"[^>]* aria-invalid="true"[^>]* autofocus/i)
    expect(long.text).toMatch(/<input[^>]* id="category-spam"[^>]* checked/)
  })

  test('never shows a password again', async () => {
    const fields = { username: 'personne-d-ici', password: 'ceci-est-un-secret', next: '/compte' }
    const answer = await new TestBrowser(it).send('id', '/login', fields)
    expect([answer.status, answer.text.includes('personne-d-ici'), answer.text.includes('un-secret')]).toEqual([
      401,
      true,
      false,
    ])
    const link = { url: 'nulle part', slug: 'fete', password: 'ceci-est-un-secret' }
    const home = await new TestBrowser(it).send('link', '/', link)
    expect([home.status, /id="slug"[^>]* value="fete"/.test(home.text), home.text.includes('un-secret')]).toEqual([
      422,
      true,
      false,
    ])
  })

  test('says when another try makes sense; where no form of the page was sent, on a page of its own', async () => {
    const browser = new TestBrowser(it)
    for (let times = 0; times < 10; times++) await browser.send('id', '/forgotten', { username: 'x' })
    for (const [path, isForm] of [
      ['/mot-de-passe-oublie', true],
      ['/forgotten', false],
    ] as const) {
      const late = await browser.send('id', path, { username: 'une-personne' })
      expect([late.status, Number(late.headers['retry-after']) > 0]).toEqual([429, true])
      expect([late.text.includes('class="error"'), late.text.includes('value="une-personne"')]).toEqual([
        isForm,
        isForm,
      ])
    }
  })
})

test('programs are told all that is wrong as a list beside the usual members of a problem', async () => {
  const answer = await ask(it.port, 'link.localhost', '/api/v1/links', {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: { url: '', slug: '///' },
  })
  expect(answer.status).toBe(422)
  expect(answer.json()).toMatchObject({
    field: 'url',
    type: expect.stringContaining('/problems/link/no-address'),
    errors: [
      { field: 'url', type: expect.stringContaining('/problems/link/no-address') },
      { field: 'slug', type: expect.stringContaining('/problems/link/slug-empty'), title: expect.any(String) },
    ],
  })
})

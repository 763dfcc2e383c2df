import type { Browser, Page, Response } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { axe, hasBrowser, openBrowser, openPage, sticksOut, violationsOn } from './browser.ts'
import { PASSWORD, personIn, roomsOf } from './people.ts'
import { ask, openTestInstance, type TestInstance } from './instance.ts'

/** Every kind of page that there is; a new service adds its own. */
const PAGES: [host: string, path: string][] = [
  ['', '/'],
  ['', '/chiffres'],
  ['', '/mentions-legales'],
  ['', '/conditions'],
  ['', '/confidentialite'],
  ['', '/conservation'],
  ['', '/statut'],
  ['', '/courrier'],
  ['', '/courrier/1'],
  ['', '/problems/link/too-long'],
  ['', '/nowhere'],
  ['id', '/login'],
  ['id', '/mot-de-passe-oublie'],
  ['id', '/invitation/made'],
  ['id', '/compte'],
  ['id', '/compte/securite'],
  ['id', '/compte/appareils'],
  ['id', '/compte/organisations'],
  ['id', '/compte/applications'],
  ['id', '/compte/donnees'],
  ['id', '/compte/journal'],
  ['id', '/confirmer'],
  ['id', '/logout'],
  ['id', '/administration'],
  ['id', '/administration/invitations'],
  ['id', '/administration/organisations'],
  ['id', '/administration/recuperations'],
  ['id', '/administration/applications'],
  ['id', '/administration/journal'],
  ['link', '/'],
  ['link', '/venir+'],
  ['link', '/login'],
  ['link', '/nowhere'],
  ['link', '/stats'],
  ['link', '/modifier/made'],
  ['link', '/young'],
  ['link', '/dead'],
  ['link', '/locked'],
  ['link', '/locked+'],
  ['link', '/held'],
  ['link', '/over'],
  ['moderation', '/signaler'],
  ['moderation', '/contester'],
  ['moderation', '/file'],
  ['moderation', '/file/link/held'],
  ['moderation', '/blocages'],
  ['moderation', '/journal'],
  ['report', '/'],
  ['report', '/reports'],
  ['report', '/reports/2023'],
  ['report', '/chiffres/members.total'],
  ['report', '/fiche-chatons'],
  ['report', '/fiche-chatons/link'],
]

/** Bytes of a first view, compressed, without fonts (DESIGN.md). */
const LIGHT = 60_000

interface View {
  viewport: { width: number; height: number }
  colorScheme: 'light' | 'dark'
}
const PHONE = { viewport: { width: 360, height: 740 } }
const DESK = { viewport: { width: 1280, height: 900 } }
const NARROW = { width: 320, height: 640 }

let it: TestInstance
let browser: Browser

/** Path of the page where the link `locked` is changed; `/modifier/made` above. */
let manage = ''

/** Path of an invitation; `/invitation/made` above. */
let invitation = ''

/** The cookie of somebody who may see everything of accounts. */
let session = ''

const made = (path: string) => (path === '/modifier/made' ? manage : path === '/invitation/made' ? invitation : path)
const address = (host: string, path: string) => `http://${host ? `${host}.` : ''}localhost:${it.port}${made(path)}`

/** Pages of an account and of the desk are looked at by somebody who is signed in there, the way in by a stranger. */
const STRANGERS = ['/login', '/mot-de-passe-oublie', '/invitation/made', '/signaler', '/contester']
async function signIn(page: Page, host: string, path: string): Promise<void> {
  if ((host !== 'id' && host !== 'moderation') || STRANGERS.includes(path)) return
  await page.context().addCookies([
    {
      name: '__Host-bagad',
      value: session,
      url: 'https://id.localhost',
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
    },
  ])
}

describe.skipIf(!hasBrowser)('in a browser', () => {
  beforeAll(async () => {
    it = await openTestInstance({ env: { BAGAD_DEMO: 'on' } })
    const { mail, database } = it.instance.platform
    const action = { label: 'Changer le lien', url: 'https://example.org/a-very-long-address/'.padEnd(200, 'x') }
    await mail.send(database.schema('outbox'), {
      to: 'claire@example.org',
      language: 'fr',
      subject: 'Votre lien',
      paragraphs: ['Il ne mène plus nulle part.'],
      action,
    })
    const shorten = async (slug: string, password = '') => {
      const url = `https://www.openstreetmap.org/${'a-long-path/'.repeat(20)}`
      const answer = await it.ask('link', '/api/v1/links', { method: 'POST', body: { url, slug, password } })
      return new URL(answer.json().manage).pathname
    }
    manage = await shorten('locked', 'truite')
    for (const slug of ['young', 'held', 'over', 'dead']) await shorten(slug)
    const as = (slug: string, columns: string) =>
      database.pool.query(`update link.link set ${columns} where slug = $1`, [slug])
    await as('young', `warns_until = now() + interval '1 day'`)
    await as('dead', `warns_until = null, health = 'dead', failing_since = now() - interval '12 days'`)
    await as('held', `state = 'held', reason = 'odd', held_at = now()`)
    await it.ask('link', '/api/v1/reports', {
      method: 'POST',
      body: { url: address('link', '/held'), category: 'minor', explanation: 'Regardez.' },
    })
    await as('over', `valid_until = now() - interval '1 day'`)
    const rooms = roomsOf(it)
    const guest = await rooms.invitations.send(
      { email: 'guest@example.org', name: 'Awen Riou', language: 'fr' },
      { id: null, name: '' },
    )
    invitation = `/invitation/${guest.secret}`
    const lead = await personIn(it, 'lead', { password: PASSWORD, roles: ['admin', 'volunteer'] })
    const picture = await sharp({ create: { width: 60, height: 60, channels: 3, background: 'teal' } })
      .png()
      .toBuffer()
    await rooms.pictures.setOfPerson(lead, picture)
    const { client } = await rooms.applications.add(
      { client_name: 'Forum', redirect_uris: ['https://forum.example/back'] },
      { by: null },
    )
    await rooms.pictures.setOfApplication(client, picture)
    const entered = await rooms.sessions.begin(rooms.db, lead, ['pwd', 'otp'], {
      agent: 'Firefox/140.0 (Linux)',
      address: '192.0.2.1',
    })
    session = entered.cookie
    await rooms.appPasswords.make(rooms.db, lead, 'téléphone', ['dav'])
    await rooms.tokens.add(rooms.db, lead, { scopes: ['link:write'], label: 'lettre' })
    browser = await openBrowser()
  })
  // One browser makes more links here than a stranger may in an hour.
  beforeEach(() => it.instance.platform.database.pool.query('truncate limits.rate'))
  afterAll(async () => {
    await browser.close()
    await it[Symbol.asyncDispose]()
  })

  // Of a language's two views a page is judged in one, the next page in the other: each scheme on a phone and on a desk.
  describe.each<[string, string, View[]]>([
    [
      'in French',
      'fr-FR',
      [
        { ...PHONE, colorScheme: 'light' },
        { ...DESK, colorScheme: 'light' },
      ],
    ],
    [
      'in English',
      'en-GB',
      [
        { ...DESK, colorScheme: 'dark' },
        { ...PHONE, colorScheme: 'dark' },
      ],
    ],
  ])('%s', (_, locale, views) => {
    // One reader for all pages, without a memory: opening a browser's page anew costs more than all that is looked at.
    let reader: Awaited<ReturnType<typeof openPage>>
    beforeAll(async () => {
      reader = await openPage(browser, { locale })
      const devtools = await reader.page.context().newCDPSession(reader.page)
      await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
    })
    beforeEach(() => reader.page.context().clearCookies())
    afterAll(() => reader.close())

    test.each(PAGES.map(([host, path], index) => [host, path, index % 2] as const))(
      '%s%s is light at first view and keeps its policy; axe finds nothing, nothing complains, and on a phone and on a desk nothing sticks out',
      async (host, path, judged) => {
        const { page, complaints } = reader
        complaints.length = 0
        const sizes: Promise<[string, number]>[] = []
        const weigh = (response: Response) => {
          if (response.url().includes('.woff2')) return
          const size = response.request().sizes()
          sizes.push(size.then(({ responseBodySize }) => [response.url(), responseBodySize]))
        }
        await page.setViewportSize(NARROW)
        await signIn(page, host, path)
        page.on('response', weigh)
        await page.goto(address(host, path))
        await page.evaluate(axe)
        expect(await sticksOut(page), `${NARROW.width} px`).toBe(0)
        for (const [index, { viewport, colorScheme }] of views.entries()) {
          await page.setViewportSize(viewport)
          await page.emulateMedia({ colorScheme })
          const name = `${viewport.width} px, ${colorScheme}`
          expect(index === judged ? await violationsOn(page) : [], name).toEqual([])
          expect(await sticksOut(page), name).toBe(0)
        }
        page.off('response', weigh)
        expect(complaints).toEqual([])
        const told = await Promise.all(sizes)
        expect(told.length).toBeGreaterThan(1)
        const weight = told.reduce((sum, [, size]) => sum + size, 0)
        expect(weight, JSON.stringify(told)).toBeLessThan(LIGHT)
      },
    )
  })

  test('the language is switched, and remembered on that host', async () => {
    const { page, close } = await openPage(browser)
    await page.goto(address('', '/'))
    await page.getByRole('link', { name: 'English' }).click()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    await page.goto(address('', '/chiffres'))
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    await page.goto(address('', '/'))
    await page.getByRole('link', { name: /Shorten an address/ }).click()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    await close()
  })

  test.each([
    ['fr-FR', PHONE],
    ['fr-FR', DESK],
    ['en-GB', PHONE],
    ['en-GB', DESK],
  ])(
    'with the keyboard alone (%s, %o) a link is made, copied, changed, found again and deleted',
    async (locale, view) => {
      const { page, complaints, close } = await openPage(browser, {
        locale,
        ...view,
        permissions: ['clipboard-read', 'clipboard-write'],
      })
      const isFrench = locale === 'fr-FR'
      const say = (french: string, english: string) => (isFrench ? french : english)
      /** Presses Tab until what bears a name has the keyboard. */
      const reach = async (name: string) => {
        const named = () => page.evaluate(() => { const at = document.activeElement; return (at instanceof HTMLInputElement ? at.labels?.[0]?.textContent : at?.textContent)?.trim() ?? '' }) // prettier-ignore
        for (let presses = 0; (await named()) !== name; presses++) {
          expect(presses, `${name} is reached from where the keyboard was`).toBeLessThan(60)
          await page.keyboard.press('Tab')
        }
      }
      const press = async (name: string) => (await reach(name), page.keyboard.press('Enter'))
      const slug = `clavier-${locale.slice(0, 2)}-${view.viewport.width}`

      await page.goto(address('link', '/'))
      await page.waitForLoadState('networkidle')
      await page.keyboard.type('www.brest.fr/venir')
      await press(say('Choisir le nom, la durée, un mot de passe', 'Choose the name, how long, a password'))
      await reach(say('Nom du lien', 'Name of the link'))
      await page.keyboard.type('stats')
      await page
        .locator('#slug-hint')
        .getByText(say('sert au service lui-même', 'is used by the service itself'))
        .waitFor()
      await page.keyboard.press('Control+A')
      await page.keyboard.type(slug)
      await page.locator('#slug-hint').getByText(say('Ce nom est libre.', 'This name is free.')).waitFor()
      await page.keyboard.press('Enter')
      const short = await page.locator('output').textContent()
      expect(short).toBe(`link.localhost:${it.port}/${slug}`)
      await expect.poll(() => page.evaluate(() => getSelection()?.toString())).toBe(short)
      await press(say('Copier', 'Copy'))
      await page.getByText(say('Copié', 'Copied')).waitFor()
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`http://${short}`)
      expect((await ask(it.port, 'link.localhost', `/${slug}`)).headers.location).toBe('https://www.brest.fr/venir')

      await press(say('Modifier ce lien', 'Change this link'))
      await page.waitForURL(/\/modifier\//)
      await reach(say('Titre, pour vous y retrouver', 'Title, so that you find it again'))
      await page.keyboard.type('Venir à vélo')
      await press(say('Enregistrer', 'Save'))
      await page.getByText(say('C’est enregistré.', 'Saved.')).waitFor()

      await page.goto(address('link', '/'))
      await press(say('Mes liens', 'My links'))
      await page.getByText('Venir à vélo').waitFor()
      await press(say('Modifier', 'Change'))
      await page.waitForURL(/\/modifier\//)
      await press(say('Effacer le lien', 'Delete the link'))
      await press(say(`J’ai compris, effacer /${slug}`, `I understand, delete /${slug}`))
      await page.getByRole('heading', { name: say('Le lien est effacé', 'The link is deleted') }).waitFor()
      expect((await ask(it.port, 'link.localhost', `/${slug}`)).status).toBe(410)
      expect(complaints).toEqual([])
      await close()
    },
  )

  test('what cannot be shortened is told beside the field, which keeps it; a second try works', async () => {
    const { page, close } = await openPage(browser)
    await page.goto(address('link', '/'))
    await page.waitForLoadState('networkidle')
    await page.getByLabel('Collez une adresse').fill('truc')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('Ce n’est pas une adresse.')
    expect(await page.getByLabel('Collez une adresse').inputValue()).toBe('truc')
    await page.getByLabel('Collez une adresse').fill('https://www.brest.fr')
    await page.keyboard.press('Enter')
    await page.locator('output').waitFor()
    await page.getByRole('link', { name: 'Raccourcir une autre adresse' }).click()
    expect(await page.getByLabel('Collez une adresse').inputValue()).toBe('')
    await close()
  })

  test('when the server is away, that is told, and nothing is lost', async () => {
    const { page, close } = await openPage(browser)
    await page.goto(address('link', '/'))
    await page.waitForLoadState('networkidle')
    await page.context().setOffline(true)
    await page.getByLabel('Collez une adresse').fill('https://www.brest.fr')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    expect(await page.getByLabel('Collez une adresse').inputValue()).toBe('https://www.brest.fr')
    await close()
  })

  test('a link is made without JavaScript', async () => {
    const { page, close } = await openPage(browser, { javaScriptEnabled: false })
    await page.goto(address('', '/'))
    await page.getByRole('link', { name: /Raccourcir une adresse/ }).click()
    await page.getByLabel('Collez une adresse').fill('https://www.brest.fr/sans')
    await page.getByRole('button', { name: 'Raccourcir' }).click()
    expect(await page.locator('h1').textContent()).toBe('Votre lien est prêt')
    expect(await page.locator('output').textContent()).toMatch(/^link\.localhost/)
    expect(await page.getByRole('button', { name: 'Copier' }).isVisible()).toBe(false)
    await page.getByRole('link', { name: 'Raccourcir une autre adresse' }).click()
    expect(await page.locator('h1').textContent()).toBe('Raccourcir une adresse')
    await close()
  })

  test('the front can be read with the keyboard: the first stop skips to the content', async () => {
    const { page, close } = await openPage(browser)
    await page.goto(address('', '/'))
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Aller au contenu')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
    await close()
  })
})

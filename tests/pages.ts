/** Looks at the pages of a service in a real browser: both languages, light and dark, on a phone and on a desk. */
import type { Browser, Response } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Role } from '../src/platform/access/roles.ts'
import type { Service } from '../src/platform/service.ts'
import { axe, hasBrowser, openBrowser, openPage, sticksOut, violationsOn } from './browser.ts'
import { openTestInstance, type TestInstance } from './instance.ts'
import { PASSWORD, personIn, roomsOf } from './people.ts'

/** A kind of page that a service has. */
export interface KindOfPage {
  /** Its path on the service's host; of one that is made, what the test calls it: `/modifier/:secret`. */
  path: string
  /** Whether a person is signed in who looks at it; else it is a stranger. */
  isSignedIn?: true
  /** Makes what it shows, and gives its path. */
  make?: (it: TestInstance) => Promise<string>
}

export interface PagesOfService {
  service: Service
  pages: readonly KindOfPage[]
  /** Other services that its pages need, beside the house's. */
  services?: readonly Service[]
  /** Roles of the person who is signed in. */
  roles?: Role[]
  /** Makes what several pages show. @param account number of the person who is signed in */
  prepare?: (it: TestInstance, account: string) => Promise<void>
}

/** Bytes of a first view, compressed, without fonts. */
const LIGHT = 60_000

interface View {
  viewport: { width: number; height: number }
  colorScheme: 'light' | 'dark'
}
export const PHONE = { viewport: { width: 360, height: 740 } }
export const DESK = { viewport: { width: 1280, height: 900 } }
const NARROW = { width: 320, height: 640 }

/** Of a language's two views a page is judged in one, the next page in the other. */
const LANGUAGES: [string, string, View[]][] = [
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
]

/**
 * Holds each page of a service to what all pages keep: axe finds nothing, a first view is light, nothing complains,
 * nothing is wider than the window.
 *
 * @example describePages({ service: bell, pages: [{ path: '/' }] })
 */
export function describePages({ service, pages, services = [], roles = [], prepare }: PagesOfService): void {
  describe.skipIf(!hasBrowser)(`pages of ${service.name}`, () => {
    let it: TestInstance
    let browser: Browser
    let session: string
    const paths = new Map<string, string>()

    beforeAll(async () => {
      it = await openTestInstance({ services: [service, ...services], env: { BAGAD_DEMO: 'on' } })
      const rooms = roomsOf(it)
      const account = await personIn(it, 'lead', { password: PASSWORD, roles })
      await prepare?.(it, account)
      for (const { path, make } of pages) if (make) paths.set(path, await make(it))
      const client = { agent: 'Firefox/140.0 (Linux)', address: '192.0.2.1' }
      session = (await rooms.sessions.begin(rooms.db, account, ['pwd', 'otp'], client)).cookie
      browser = await openBrowser()
    })
    afterAll(async () => {
      await browser.close()
      await it[Symbol.asyncDispose]()
    })

    describe.each(LANGUAGES)('%s', (_, locale, views) => {
      // One reader for all pages, without a memory: opening a browser's page anew costs more than all that is looked
      // at.
      let reader: Awaited<ReturnType<typeof openPage>>
      beforeAll(async () => {
        reader = await openPage(browser, { locale })
        const devtools = await reader.page.context().newCDPSession(reader.page)
        await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
      })
      beforeEach(() => reader.page.context().clearCookies())
      afterAll(() => reader.close())

      const signIn = () =>
        reader.page.context().addCookies([
          {
            name: '__Host-bagad',
            value: session,
            url: 'https://id.localhost',
            httpOnly: true,
            secure: true,
            sameSite: 'Lax',
          },
        ])

      test.each(pages.map((page, index) => ({ ...page, judged: index % 2 })))(
        '$path is light at first view and keeps its policy; axe finds nothing, nothing complains, and on a phone and on a desk nothing sticks out',
        async ({ path, isSignedIn, judged }) => {
          const { page, complaints } = reader
          complaints.length = 0
          const sizes: Promise<[string, number]>[] = []
          const weigh = (response: Response) => {
            if (response.url().includes('.woff2')) return
            const size = response.request().sizes()
            sizes.push(size.then(({ responseBodySize }) => [response.url(), responseBodySize]))
          }
          await page.setViewportSize(NARROW)
          if (isSignedIn) await signIn()
          page.on('response', weigh)
          await page.goto(
            `http://${it.instance.platform.addresses.host(service.name)}:${it.port}${paths.get(path) ?? path}`,
          )
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
  })
}

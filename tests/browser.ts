/** The real browser for tests: Debian's Chromium, without its own errands on the network. */
import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser']
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const hasBrowser = PATHS.some((path) => existsSync(path))

export function openBrowser(): Promise<Browser> {
  const executablePath = PATHS.find((path) => existsSync(path))
  if (!executablePath) throw new Error('no Chromium on this machine')
  return chromium.launch({ executablePath, args: ARGS })
}

/** A page in a context of its own, with everything that it complained about. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[]; close: () => Promise<void> }> {
  const context = await browser.newContext({ locale: 'fr-FR', ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    const isOwnAnswer = /the server responded with a status of 4\d\d/.test(message.text())
    if (['error', 'warning'].includes(message.type()) && !isOwnAnswer) complaints.push(message.text())
  })
  return { page, complaints, close: () => context.close() }
}

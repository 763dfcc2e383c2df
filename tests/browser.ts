/**
 * The real browser for tests: Debian's Chromium, without its own errands on the network and, where that is there,
 * without its own windows.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

/** The engine alone, which opens a page in a third of the time; else the whole browser. */
export const SHELL = '/usr/bin/chromium-headless-shell'
const PATHS = [SHELL, '/usr/bin/chromium', '/usr/bin/chromium-browser']
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

/** The script of axe, for a page to evaluate. */
export const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * What axe finds on a page that has it, with all its parts open and its colours settled. It fetches nothing: a page's
 * policy holds for it too.
 */
export function violationsOn(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    for (const details of document.querySelectorAll('details')) details.open = true
    await Promise.all(document.getAnimations().map(({ finished }) => finished))
    interface Found {
      violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[]
    }
    // @ts-expect-error axe puts itself on the window
    const found: Found = await window.axe.run({
      resultTypes: ['violations'],
      preload: false,
    })
    return found.violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`).join(' | ')}`,
    )
  })
}

/** Pixels by which a page is wider than its window. */
export function sticksOut(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

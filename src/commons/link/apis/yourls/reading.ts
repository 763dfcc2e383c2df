import { Refusal } from '../../../../platform/refusals.ts'
import type { LinkContext } from '../../context.ts'
import type { Search } from '../../link-list.ts'
import type { Member } from '../../admission-policy.ts'
import type { Fields } from '../fields.ts'
import type { Outcome } from './formats.ts'
import { slugIn } from '../../slugs.ts'
import { describe, shortOf } from './link-of-yourls.ts'
import type { Told } from './xml.ts'

/** The version of YOURLS whose API and tables this corresponds to. */
const VERSION = '1.10.4'
const DATABASE_VERSION = '507'

const NO_LINE = 'Need either XML or JSON format for stats'
const NOT_FOUND = 'Error: short URL not found'

/** The most links of a list. */
const LISTED = 1000

const ORDERS: Record<string, Search['order']> = {
  top: { by: 'visits', descending: true },
  bottom: { by: 'visits', descending: false },
  last: { by: 'made', descending: true },
  rand: { by: 'chance', descending: false },
}

/** `action=expand`: the target of a short URL. */
export async function expand(
  { shorturl = '' }: Fields,
  { id: holder }: Member,
  context: LinkContext,
): Promise<Outcome> {
  const keyword = slugIn(shorturl)
  try {
    const { slug, url, title } = await context.redirects.look(keyword, holder)
    return {
      fields: {
        keyword: slug,
        shorturl: shortOf(slug, context),
        longurl: url,
        title: title ?? url,
        message: 'success',
        statusCode: '200',
      },
      simple: url,
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { fields: { keyword, message: NOT_FOUND, errorCode: '404' }, simple: 'not found' }
  }
}

/** `action=url-stats`: the visits of a short URL, unless its owner keeps them private. */
export async function readLink(
  { shorturl = '' }: Fields,
  { id: holder }: Member,
  context: LinkContext,
): Promise<Outcome> {
  try {
    const link = await context.redirects.look(slugIn(shorturl), holder)
    if (!link.isCountPublic && link.owner !== holder)
      return { fields: { statusCode: '403', message: 'Error: stats are not public' }, simple: NO_LINE }
    return { fields: { statusCode: '200', message: 'success', link: describe(link, context) }, simple: NO_LINE }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { fields: { statusCode: '404', message: NOT_FOUND }, simple: NO_LINE }
  }
}

/** `action=stats`: up to `limit` links of the account, and their number. */
export async function readLinks(
  { filter = '', limit: asked = '', start = '' }: Fields,
  { id: holder }: Member,
  context: LinkContext,
): Promise<Outcome> {
  const limit = Math.min(countIn(asked), LISTED)
  const { links } =
    limit > 0
      ? await context.linkList.ofOwner(holder, {
          order: ORDERS[filter] ?? ORDERS['top'],
          limit,
          offset: countIn(start),
        })
      : { links: [] }
  const numbered: Told = Object.fromEntries(links.map((link, index) => [`link_${index + 1}`, describe(link, context)]))
  const stats = totalsOf(await context.linkList.totals(holder))
  return {
    fields: { ...(limit > 0 && { links: numbered }), stats, statusCode: '200', message: 'success' },
    simple: NO_LINE,
  }
}

/** `action=db-stats`: the number of all links, which is public. */
export async function readTotals(_: Fields, __: Member, context: LinkContext): Promise<Outcome> {
  return {
    fields: { 'db-stats': totalsOf(await context.linkList.totals()), statusCode: '200', message: 'success' },
    simple: NO_LINE,
  }
}

/** `action=version`. */
export async function readVersion({ db }: Fields): Promise<Outcome> {
  return { fields: { version: VERSION, ...(db === '1' && { db_version: DATABASE_VERSION }) }, simple: VERSION }
}

function totalsOf({ links, clicks }: { links: number; clicks: number }): Told {
  return { total_links: links, total_clicks: clicks }
}

/** Parses a number as PHP does: anything else is 0. */
function countIn(text: string): number {
  return Number(/^\s*(\d{1,9})/.exec(text)?.[1] ?? 0)
}

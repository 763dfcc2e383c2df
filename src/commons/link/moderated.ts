import { sql, type Kysely } from 'kysely'
import type { Addresses } from '../../platform/addresses.ts'
import type { InEveryLanguage } from '../../platform/language/languages.ts'
import type { Moderated, ModeratedContent, ContentState, Switch } from '../../platform/moderation/moderated.ts'
import type { StoredLink } from './link.ts'
import { Moderation } from './moderation.ts'
import { isReachable } from './slugs.ts'
import type { LinkTables } from './tables.ts'
import type { Redirects } from './redirects.ts'
import type { SpamSurge } from './spam-surge.ts'
import { words } from './words.ts'

/** The most links of one creator, or to one domain, in one decision. */
const MOST = 1000

/** The suffixes of a slug: its page, QR code, targets and statistics. */
const AFTER_SLUG = /(\+|\.svg|\.png|\.json|\/qr-code)$/

interface ModeratedNeeds {
  db: Kysely<LinkTables>
  addresses: Addresses
  redirects: Redirects
  surge: SpamSurge
}

/** Presents links to the moderation queue, by their slugs. */
export function moderatedLinks({ db, addresses, redirects, surge }: ModeratedNeeds): Moderated {
  const isThere = async (slug: string) => (isReachable(slug) ? redirects.canonicalSlug(slug) : undefined)
  return {
    find: async (path) => {
      const written = decoded(path.replace(/^\/+/, '').replace(/[?#].*$/, '').replace(/\/$/, '')) // prettier-ignore
      const bare = written.replace(AFTER_SLUG, '')
      for (const slug of new Set([written, bare])) {
        const found = await isThere(slug)
        if (found) return found
      }
      return undefined
    },
    look: async (slugs) => {
      const rows = await db
        .selectFrom('link')
        .selectAll()
        .where('slug', 'in', ['', ...slugs])
        .execute()
      return new Map(rows.map((row) => [row.slug, seenOf(row, addresses)]))
    },
    hide: (transaction, slugs) => new Moderation(transaction).setAside(slugs),
    remove: (transaction, slugs, category) => new Moderation(transaction).remove({ slugs }, category),
    restore: (transaction, slugs) => new Moderation(transaction).open({ slugs }),
    sameAuthor: async (slug) => {
      const rows = await db
        .selectFrom('link')
        .select('slug')
        .where('owner', '=', (link) => link.selectFrom('link').select('owner').where('slug', '=', slug))
        .where('slug', '<>', slug)
        .where('state', '<>', 'deleted')
        .orderBy('id', 'desc')
        .limit(MOST)
        .execute()
      return rows.map((row) => row.slug)
    },
    alike: async (slug) => {
      const link = await db.selectFrom('link').select('domain').where('slug', '=', slug).executeTakeFirst()
      if (!link?.domain) return undefined
      const rows = await db
        .selectFrom('link')
        .select('slug')
        .where('domain', '=', link.domain)
        .where('slug', '<>', slug)
        .where('state', 'in', ['active', 'held'])
        .orderBy('id', 'desc')
        .limit(MOST)
        .execute()
      return { label: inEvery('desk.alike', { domain: link.domain }), contents: rows.map((row) => row.slug) }
    },
    deny: async (transaction, slug, note) => {
      await sql`
        insert into link.domain_rule (domain, verdict, reason) select domain, 'deny', ${note} from link.link where slug = ${slug} and domain is not null
        on conflict (domain) do update set verdict = 'deny', reason = excluded.reason, until = null`.execute(
        transaction,
      )
    },
    waiting: async (limit) => {
      const links = await new Moderation(db).held(limit)
      return links.map(({ slug, since, reason, url }) => ({
        content: slug,
        since,
        why: inEvery('desk.held', { why: reason ?? '?', url: url.slice(0, 120) }),
      }))
    },
    switches: [surgeSwitch(surge)],
  }
}

/** Decodes a path; a path that cannot be decoded matches no link. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return ''
  }
}

function inEvery(key: string, values: Record<string, string | number>): InEveryLanguage {
  return { fr: words.find('fr', key, values), en: words.find('en', key, values) }
}

const STANDINGS: Readonly<Record<StoredLink['state'], ContentState>> = {
  active: 'shown',
  held: 'hidden',
  removed: 'removed',
  disabled: 'gone',
  expired: 'gone',
  deleted: 'gone',
}

function seenOf(row: StoredLink, addresses: Addresses): ModeratedContent {
  return {
    content: row.slug,
    address: addresses.of('link', `/${encodeURIComponent(row.slug)}`),
    title: row.title,
    state: STANDINGS[row.state],
    madeAt: row.created_at,
    author: row.owner,
    preview: row.url === '' ? {} : { url: row.url },
    facts: [
      { label: inEvery('desk.domain', {}), value: same(row.domain ?? '–') },
      { label: inEvery('desk.visits', {}), value: same(String(row.clicks)) },
      {
        label: inEvery('desk.risk', {}),
        value: same(row.state === 'held' && row.reason ? `${row.risk} (${row.reason})` : String(row.risk)),
      },
    ],
    hash: row.url_hash ?? undefined,
  }
}

function same(text: string): InEveryLanguage {
  return { fr: text, en: text }
}

/** The surge switch: while it is on, anonymous links wait for a moderator. */
function surgeSwitch(surge: SpamSurge): Switch {
  return {
    name: 'spam-surge',
    label: inEvery('desk.surge', {}),
    choices: [
      { value: 'auto', label: inEvery('desk.surge-auto', {}) },
      { value: 'on', label: inEvery('desk.surge-on', {}) },
      { value: 'off', label: inEvery('desk.surge-off', {}) },
    ],
    read: async () => {
      const { isOn, isForced } = await surge.state()
      return {
        value: isForced ? (isOn ? 'on' : 'off') : 'auto',
        note: inEvery(isOn ? 'desk.surge-is-on' : 'desk.surge-is-off', {}),
      }
    },
    set: async (value) => {
      if (value === 'on' || value === 'off' || value === 'auto') await surge.set(value)
    },
  }
}

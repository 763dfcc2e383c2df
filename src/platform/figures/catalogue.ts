import type { InEveryLanguage } from '../language/languages.ts'
import type { Kind } from './figure.ts'

/**
 * What is known of the series that hosting associations count, beyond what an import says of them: their kind and
 * English name, whether their service is for everyone, and the laws between them. A service that declares a figure
 * itself says these things better; its declaration wins.
 */
export const CATALOGUE: Record<string, { kind: Kind; en: string; fr?: string; isForEveryone?: true }> = {
  'members.total': { kind: 'stock', en: 'Members' },
  'members.legal': { kind: 'stock', en: 'Organisations' },
  'members.individual': { kind: 'stock', en: 'Individual members' },
  'members.joined': { kind: 'flow', en: 'New members' },
  'members.joined.individual': { kind: 'flow', en: 'New individual members' },
  'members.joined.legal': { kind: 'flow', en: 'New organisations' },
  'members.left': { kind: 'flow', en: 'Members who left' },
  'support.rendezvous': { kind: 'flow', en: 'Infini meet-ups' },
  'support.papi.sessions': { kind: 'flow', en: 'Computer workshops' },
  'support.papi.attendance.mean': { kind: 'mean', en: 'People at a workshop, on average' },
  'cloud.accounts': { kind: 'stock', en: 'Active accounts' },
  'cloud.storage': { kind: 'stock', en: 'Storage used, in gigabytes' },
  'lists.lists': { kind: 'stock', en: 'Mailing lists' },
  'lists.robots': { kind: 'stock', en: 'List domains' },
  'lists.subscriptions': { kind: 'stock', en: 'Subscriptions' },
  'lists.subscribers': { kind: 'stock', en: 'Different subscribers' },
  'web.sites': { kind: 'stock', en: 'Web sites' },
  'web.sites.php56': { kind: 'stock', en: 'Domains on PHP 5.6' },
  'web.sites.php72': { kind: 'stock', en: 'Domains on PHP 7.2' },
  'web.sites.php74': { kind: 'stock', en: 'Domains on PHP 7.4' },
  'web.sites.php82': { kind: 'stock', en: 'Domains on PHP 8.2' },
  'web.hits.7d': { kind: 'flow', en: 'Hits in 7 days' },
  'web.visitors.7d': { kind: 'flow', en: 'Unique visitors in 7 days' },
  'web.visitors.perday': { kind: 'mean', en: 'Unique visitors a day', fr: 'Visiteurs uniques par jour' },
  'mail.boxes': { kind: 'stock', en: 'Mailboxes' },
  'mail.storage': { kind: 'stock', en: 'Total size, in gigabytes' },
  'mail.mean': { kind: 'mean', en: 'Mean size of a mailbox, in gigabytes', fr: 'Taille moyenne d’une boîte, en Go' },
  'mail.boxes.half': { kind: 'stock', en: 'Mailboxes that take half of the storage' },
  'mail.storage.half': { kind: 'stock', en: 'Storage that these take, in gigabytes' },
  'mail.top1pct.share': { kind: 'share', en: 'Share of the storage taken by 1% of the mailboxes' },
  'mobilizon.users': { kind: 'stock', en: 'Users', isForEveryone: true },
  'mobilizon.groups': { kind: 'stock', en: 'Groups' },
  'mobilizon.events': { kind: 'stock', en: 'Events' },
  'pad.pads': { kind: 'stock', en: 'Pads', isForEveryone: true },
  'pic.images': { kind: 'stock', en: 'Pictures', isForEveryone: true },
  'date.polls': { kind: 'stock', en: 'Polls', isForEveryone: true },
  'map.maps': { kind: 'stock', en: 'Maps', isForEveryone: true },
  'link.active': { kind: 'stock', en: 'Active links', isForEveryone: true },
  'drop.files': { kind: 'stock', en: 'Files', isForEveryone: true },
  'bin.pastes': { kind: 'stock', en: 'Pastes', isForEveryone: true },
  'drop.deleted': { kind: 'flow', en: 'Deleted files' },
}

/** English titles of the tables of a report, by id: their section and their title. */
export const TABLES_IN_ENGLISH: Record<string, { section: string; title: string }> = {
  members: { section: 'Members', title: 'Members and new members' },
  'members-split': { section: 'Members', title: 'New members by kind' },
  cloud: { section: 'Cloud', title: 'Cloud accounts and storage' },
  lists: { section: 'Mailing lists', title: 'Lists and subscriptions' },
  'web-php': { section: 'Web hosting', title: 'Domains by version of PHP' },
  'web-sites': { section: 'Web hosting', title: 'All web sites' },
  mail: { section: 'Mail', title: 'Mailboxes' },
  mobilizon: { section: 'Events', title: 'Mobilizon' },
  pad: { section: 'Pads', title: 'Pads' },
  pic: { section: 'Pictures', title: 'Pictures' },
  date: { section: 'Polls', title: 'Polls' },
  map: { section: 'Maps', title: 'Maps' },
  link: { section: 'Links', title: 'Short links' },
  drop: { section: 'Files', title: 'Files' },
}

/**
 * What could tell of few people, by the beginning of the ids of its parts, such as `members.department.29`: kept from
 * everything public, but for a map, where what counts few people is left out.
 */
const BREAKDOWNS: Record<string, InEveryLanguage> = {
  'members.department': { fr: 'Adhérent·e·s par département', en: 'Members by département' },
  'members.joined.department': { fr: 'Nouvelles adhésions par département', en: 'New members by département' },
  'support.needs': { fr: 'Demandes par sujet', en: 'Requests by subject' },
}

/** What counts fewer people than this is shown in nothing public. */
export const FEW_PEOPLE = 5

/** Whether a series is a part of what could tell of few people. */
export function isBreakdown(id: string): boolean {
  return Object.keys(BREAKDOWNS).some((beginning) => id.startsWith(`${beginning}.`))
}

/** What a breakdown shows, by the beginning of the ids of its parts. */
export function breakdownLabel(beginning: string): InEveryLanguage | undefined {
  return BREAKDOWNS[beginning]
}

/** Public names of the services for everyone whose figures the hosts of the collective count. */
export const SERVICES_FOR_EVERYONE: readonly string[] = Object.entries(CATALOGUE)
  .flatMap(([id, { isForEveryone }]) => (isForEveryone ? [id.slice(0, id.indexOf('.'))] : []))
  .toSorted()

/** A relation that must hold between series at one date (and, for a stock, the date before). */
export type Law =
  | { rule: 'sum'; total: string; parts: string[] }
  | { rule: 'stock'; stock: string; joined: string; left: string }
  | { rule: 'quotient'; result: string; dividend: string; divisor: string | number }

export const LAWS: Law[] = [
  { rule: 'sum', total: 'members.total', parts: ['members.legal', 'members.individual'] },
  { rule: 'sum', total: 'members.joined', parts: ['members.joined.individual', 'members.joined.legal'] },
  {
    rule: 'sum',
    total: 'web.sites',
    parts: ['web.sites.php56', 'web.sites.php72', 'web.sites.php74', 'web.sites.php82'],
  },
  { rule: 'stock', stock: 'members.total', joined: 'members.joined', left: 'members.left' },
  { rule: 'quotient', result: 'mail.mean', dividend: 'mail.storage', divisor: 'mail.boxes' },
  { rule: 'quotient', result: 'web.visitors.perday', dividend: 'web.visitors.7d', divisor: 7 },
]

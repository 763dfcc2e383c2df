import type { Rhythm } from './property-text.ts'

/**
 * All keys of the collective's files. When the protocol changes, this table is the only place to edit. Source: the
 * ChatonsInfos protocol, version 0.5.
 */

/** The type of a value. */
export type PropertyType =
  | 'text'
  | 'url'
  | 'email'
  | 'date'
  | 'datetime'
  | 'degree'
  | 'country'
  /** One of these words; `several` allows more than one, separated by commas. */
  | { oneOf: readonly string[]; several?: boolean }

export interface PropertyKey {
  key: string
  type: PropertyType
  isMandatory?: boolean
  /** Set by the program, never by hand. */
  isOwn?: boolean
}

/** The protocol's version in `file.protocol`. */
export const PROTOCOL = 'ChatonsInfos-0.5'

const FILE: PropertyKey[] = [
  { key: 'file.class', type: { oneOf: ['Organization', 'Service', 'Metrics'] }, isMandatory: true, isOwn: true },
  { key: 'file.protocol', type: 'text', isMandatory: true, isOwn: true },
  { key: 'file.datetime', type: 'datetime', isMandatory: true, isOwn: true },
  { key: 'file.generator', type: 'text', isOwn: true },
  { key: 'file.url', type: 'url', isOwn: true },
]

const LEVELS = ['ACTIVE', 'IDLE', 'AWAY']

export const ORGANISATION_KEYS: PropertyKey[] = [
  ...FILE,
  { key: 'organization.name', type: 'text', isMandatory: true },
  { key: 'organization.description', type: 'text' },
  { key: 'organization.website', type: 'url', isMandatory: true },
  { key: 'organization.logo', type: 'url' },
  { key: 'organization.status.level', type: { oneOf: LEVELS } },
  { key: 'organization.status.description', type: 'text' },
  { key: 'organization.startdate', type: 'date' },
  { key: 'organization.enddate', type: 'date' },
  { key: 'organization.type', type: { oneOf: ['ASSOCIATION', 'INFORMAL', 'COOPERATIVE', 'MICROCOMPANY', 'COMPANY', 'INDIVIDUAL', 'OTHER'] } },
  { key: 'organization.owner.name', type: 'text' },
  { key: 'organization.owner.website', type: 'url' },
  { key: 'organization.owner.logo', type: 'url' },
  { key: 'organization.contact.url', type: 'url' },
  { key: 'organization.contact.email', type: 'email' },
  { key: 'organization.legal.url', type: 'url' },
  { key: 'organization.guide.technical', type: 'url' },
  { key: 'organization.guide.user', type: 'url' },
  { key: 'organization.country.name', type: 'text' },
  { key: 'organization.country.code', type: 'country' },
  { key: 'organization.geolocation.latitude', type: 'degree' },
  { key: 'organization.geolocation.longitude', type: 'degree' },
  { key: 'organization.geolocation.address', type: 'text' },
  { key: 'organization.memberof.chatons.status.level', type: { oneOf: LEVELS } },
  { key: 'organization.memberof.chatons.status.description', type: 'text' },
  { key: 'organization.memberof.chatons.startdate', type: 'date', isMandatory: true },
  { key: 'organization.memberof.chatons.enddate', type: 'date' },
  ...['mastodon', 'peertube', 'mobilizon', 'diaspora', 'funkwhale', 'pixelfed', 'pleroma', 'twitter', 'facebook'].map((name): PropertyKey => ({ key: `organization.socialnetworks.${name}`, type: 'url' })),
  ...['irc', 'xmpp', 'matrix', 'mattermost', 'rocketchat'].map((name): PropertyKey => ({ key: `organization.chatrooms.${name}`, type: 'text' })),
  ...['liberapay', 'helloasso', 'tipee', 'paypal', 'custom'].map((name): PropertyKey => ({ key: `organization.funding.${name}`, type: 'url' })),
] // prettier-ignore

export const SERVICE_KEYS: PropertyKey[] = [
  ...FILE,
  { key: 'service.name', type: 'text', isMandatory: true },
  { key: 'service.description', type: 'text' },
  { key: 'service.website', type: 'url', isMandatory: true },
  { key: 'service.logo', type: 'url' },
  { key: 'service.legal.url', type: 'url' },
  { key: 'service.guide.technical', type: 'url' },
  { key: 'service.guide.user', type: 'url' },
  { key: 'service.contact.url', type: 'url' },
  { key: 'service.contact.email', type: 'email' },
  { key: 'service.startdate', type: 'date' },
  { key: 'service.enddate', type: 'date' },
  { key: 'service.status.level', type: { oneOf: ['OK', 'WARNING', 'ALERT', 'ERROR', 'OVER', 'VOID'] } },
  { key: 'service.status.description', type: 'text' },
  { key: 'service.registration', type: { oneOf: ['None', 'Free', 'Member', 'Client'], several: true } },
  { key: 'service.registration.load', type: { oneOf: ['OPEN', 'FULL'] } },
  {
    key: 'service.install.type',
    type: { oneOf: ['DISTRIBUTION', 'PROVIDER', 'PACKAGE', 'TOOLING', 'CLONEREPO', 'ARCHIVE', 'SOURCES', 'CONTAINER'] },
  },
  { key: 'software.name', type: 'text', isMandatory: true },
  { key: 'software.website', type: 'url' },
  { key: 'software.license.url', type: 'url', isMandatory: true },
  { key: 'software.license.name', type: 'text', isMandatory: true },
  { key: 'software.version', type: 'text' },
  { key: 'software.source.url', type: 'url' },
  { key: 'software.modules', type: 'text' },
  { key: 'host.name', type: 'text' },
  { key: 'host.description', type: 'text' },
  { key: 'host.server.distribution', type: 'text' },
  { key: 'host.server.type', type: { oneOf: ['NANO', 'PHYSICAL', 'VIRTUAL', 'SHARED', 'CLOUD'] } },
  { key: 'host.provider.type', type: { oneOf: ['HOME', 'HOSTEDBAY', 'HOSTEDSERVER', 'OUTSOURCED'] } },
  { key: 'host.provider.hypervisor', type: 'text' },
  { key: 'host.country.name', type: 'text' },
  { key: 'host.country.code', type: 'country' },
  { key: 'subs.metrics', type: 'url', isOwn: true },
]

export const METRICS_KEYS: PropertyKey[] = FILE

/** A metric of the collective, with its figure. */
export interface Metric {
  /** The part between `metrics.` and the year. */
  path: string
  figure: string
  /** The lists that contain it, when not all do. */
  rhythms?: readonly Rhythm[]
  /** Factor from the figure's unit to the collective's. */
  times?: number
}

const GIGABYTE = 1_000_000_000

/** Figures of the traffic of a host, after the service's name: `link.http.hits`. */
const HTTP_PATH = /^http\.(hits|visits|visitors)(\.(humans|bots|ipv4|ipv6))?$|^http\.(bytes|errors|status\.[1-5]\d\d)$/

/** Visitors of several days cannot be summed, as the same person may come twice: only daily lists exist. */
const DAYS_ALONE = /^http\.visitors/

/** Returns the metric of a figure of a host's traffic. */
export function httpMetric(service: string, figure: string): Metric | undefined {
  const path = figure.startsWith(`${service}.`) ? figure.slice(service.length + 1) : ''
  return isHttpPath(path) ? { path, figure, ...(DAYS_ALONE.test(path) && { rhythms: ['days'] as const }) } : undefined
}

export function isHttpPath(path: string): boolean {
  return HTTP_PATH.test(path)
}

/** The figure of each metric path; other figures of a service have no metric. */
export const METRICS: Metric[] = [
  { path: 'service.accounts.active', figure: 'cloud.accounts' },
  { path: 'service.files.bytes', figure: 'cloud.storage', times: GIGABYTE },
  { path: 'service.users', figure: 'mobilizon.users' },
  { path: 'events.groups', figure: 'mobilizon.groups' },
  { path: 'events.count', figure: 'mobilizon.events' },
  { path: 'links.count', figure: 'link.active' },
  { path: 'links.created', figure: 'link.created' },
  { path: 'links.visits', figure: 'link.visits' },
  { path: 'pads.count', figure: 'pad.pads' },
  { path: 'polls.count', figure: 'date.polls' },
  { path: 'images.count', figure: 'pic.images' },
  { path: 'files.count', figure: 'drop.files' },
  { path: 'maps.count', figure: 'map.maps' },
  { path: 'pastes.count', figure: 'bin.pastes' },
  { path: 'lists.count', figure: 'lists.lists' },
  { path: 'lists.subscriptions', figure: 'lists.subscriptions' },
  { path: 'boxes.count', figure: 'mail.boxes' },
  { path: 'boxes.bytes', figure: 'mail.storage', times: GIGABYTE },
  { path: 'sites.count', figure: 'web.sites' },
]

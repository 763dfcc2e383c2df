import { domainToUnicode } from 'node:url'
import { parse } from 'tldts'
import { brandsIn, IMITATED, isOfficial, officialInside } from './brands.ts'
import type { DomainRule } from './domain-rules.ts'
import { isForeign, mixesScripts, readingOf } from './look-alikes.ts'
import { freeHostOf, riskyEndingOf, tunnelOf } from './open-hosts.ts'
import { HELD_FROM, REFUSED_FROM, WEIGHTS, type Reason, type ReasonCode } from './reasons.ts'
import { leadsOnTo, shortenerOf } from './shorteners.ts'
import { isOfRobots, spamWordsIn } from './slug-patterns.ts'

/** The local data beside the address itself; all of it in memory. */
export interface RiskContext {
  /** The moderators' rules about domains. */
  rules: {
    /** Returns the most specific rule of a host. */
    of(host: string): DomainRule | undefined
    /** Names (without their suffixes) of the allowed domains, as read by `readingOf`. */
    allowedReadings: ReadonlyMap<string, string>
  }
  /** Block lists of harmful addresses. */
  blocked: {
    /** Returns the name of the list that contains an address. */
    listOf(url: URL): string | undefined
  }
  /** Whether a host is ours and open to the public, or ours and closed. */
  ownHost(host: string): 'open' | 'closed' | undefined
}

/** The automatic assessment of an address. */
export interface Assessment {
  /** From 0, no risk, to 100. */
  score: number
  reasons: Reason[]
  /** Create and redirect; create and hold for a moderator; refuse. */
  verdict: 'direct' | 'hold' | 'refuse'
  /** The heaviest reason of a verdict other than `direct`. */
  finalReason: Reason | undefined
  /** On an allowed domain: no warning page either. */
  isAllowed: boolean
}

/** The most nested addresses that are followed. */
const HOPS = 5

/** Executable files. */
const PROGRAM = /\.(apk|appx|bat|cmd|com|dll|exe|hta|jar|js|lnk|msi|ps1|reg|scr|vbs|wsf)$/i

/** Names of private networks only (RFC 6761, 6762, 8375; ICANN's reservation of internal). */
const PRIVATE = /(^|\.)(local|localhost|internal|intranet|lan|home|corp|private|home\.arpa)$/

/** More labels than this in a host are meant to hide its end. */
const MANY_LABELS = 6

/**
 * Scores an address for a short link from local data: the same address and context always give the same result, and an
 * ordinary address never depends on the network.
 *
 * @param url as returned by `readTarget` or an import
 * @param slug the chosen slug; undefined when it is random
 */
export function assess(url: string, slug: string | undefined, context: RiskContext): Assessment {
  const parsed = URL.parse(url)
  if (!parsed || !/^https?:$/.test(parsed.protocol) || !parsed.hostname)
    return judge([{ code: 'unreadable', what: '' }])
  const own = context.ownHost(parsed.hostname)
  if (own === 'open') return judge([], true)
  if (own === 'closed') return judge([{ code: 'own-host', what: parsed.hostname }])
  if (parsed.username || parsed.password) return judge([{ code: 'credentials', what: parsed.hostname }])
  const rule = context.rules.of(parsed.hostname)
  if (rule?.verdict === 'allow') return judge([], true)
  if (rule?.verdict === 'deny') return judge([{ code: 'denied-domain', what: rule.domain }])

  const reasons = new Reasons()
  if (rule?.verdict === 'warn') reasons.add('warned-domain', rule.domain)
  lookAt(parsed, context, reasons)
  lookAtSlug(slug, reasons)
  lookFurther(parsed, context, reasons)
  return judge(reasons.all)
}

class Reasons {
  readonly all: Reason[] = []

  has(...codes: ReasonCode[]): boolean {
    return this.all.some(({ code }) => codes.includes(code))
  }

  add(code: ReasonCode, what: string | undefined | false): void {
    if (what !== undefined && what !== false && !this.has(code)) this.all.push({ code, what })
  }
}

function lookAt(url: URL, context: RiskContext, reasons: Reasons): void {
  const host = url.hostname.replace(/\.$/, '')
  const { domain, domainWithoutSuffix: name, isIp } = parse(host)
  reasons.add('block-list', context.blocked.listOf(url))
  if (isIp) return reasons.add('number-host', host)
  reasons.add('private-host', (PRIVATE.test(host) || !host.includes('.')) && host)
  if (!domain || !name) return
  reasons.add('shortener', shortenerOf(host, domain))
  reasons.add('tunnel', tunnelOf(host))
  reasons.add('free-host', freeHostOf(host))
  reasons.add('risky-ending', riskyEndingOf(host))
  reasons.add('program', PROGRAM.exec(url.pathname)?.[0])
  reasons.add('many-labels', host.split('.').length >= MANY_LABELS && host)
  reasons.add('spam-words', listed(spamWordsIn(host)))
  if (!isOfficial(host, domain, name)) lookAtNames(host, domain, name, context, reasons)
}

/** Detects names that imitate others. */
function lookAtNames(host: string, domain: string, name: string, context: RiskContext, reasons: Reasons): void {
  const shown = host.includes('xn--') ? domainToUnicode(host) : host
  reasons.add('mixed-scripts', shown !== host && shown.split('.').some(mixesScripts) && shown)
  reasons.add('official-inside', officialInside(host))
  const plain = name.replaceAll('-', '')
  const written = name.includes('xn--') ? domainToUnicode(name).replaceAll('-', '') : plain
  const imitated = imitatedBy(written, context)
  reasons.add(isForeign(written) ? 'look-alike' : 'near-name', imitated)
  reasons.add('near-name', IMITATED.includes(plain) && !/\.(com|net|org|info|eu|[a-z]{2})$/.test(domain) && plain)
  const { brand, isCommon, bait } = brandsIn(shown)
  if (brand && bait.length > 0) reasons.add('brand-and-bait', `${brand}, ${bait.join(', ')}`)
  else if (brand && !isCommon && !reasons.has('near-name', 'look-alike')) reasons.add('brand', brand)
  if (new Set(bait).size >= 2) reasons.add('bait-words', [...new Set(bait)].join(', '))
}

const IMITATED_READINGS = new Map(IMITATED.map((name) => [readingOf(name), name]))

/** Returns the known name that a name imitates. */
function imitatedBy(written: string, { rules }: RiskContext): string | undefined {
  const reading = readingOf(written)
  const imitated = IMITATED_READINGS.get(reading) ?? rules.allowedReadings.get(reading)
  return imitated === written ? undefined : imitated
}

function lookAtSlug(slug: string | undefined, reasons: Reasons): void {
  if (slug === undefined) return
  reasons.add('spam-words', listed(spamWordsIn(slug)))
  reasons.add('robot-slug', isOfRobots(slug) && slug)
}

/** Scores the addresses that redirectors and shorteners name: they are the real targets. */
function lookFurther(url: URL, context: RiskContext, reasons: Reasons): void {
  let next = leadsOnTo(url)
  for (let hops = 0; next !== undefined && hops < HOPS; hops++) {
    const inner = URL.parse(next)
    if (!inner) return
    if (context.ownHost(inner.hostname) === 'closed') reasons.add('own-host', inner.hostname)
    const rule = context.rules.of(inner.hostname)
    if (rule?.verdict === 'deny') reasons.add('denied-domain', rule.domain)
    if (rule?.verdict === 'warn') reasons.add('warned-domain', rule.domain)
    if (rule?.verdict !== 'allow') lookAt(inner, context, reasons)
    next = leadsOnTo(inner)
  }
}

function judge(reasons: Reason[], isAllowed = false): Assessment {
  const score = Math.min(
    100,
    reasons.reduce((sum, { code }) => sum + WEIGHTS[code], 0),
  )
  const verdict = score >= REFUSED_FROM ? 'refuse' : score >= HELD_FROM ? 'hold' : 'direct'
  const heaviest = reasons.toSorted((one, other) => WEIGHTS[other.code] - WEIGHTS[one.code])[0]
  return { score, reasons, verdict, finalReason: verdict === 'direct' ? undefined : heaviest, isAllowed }
}

function listed(found: string[]): string | undefined {
  return found.length > 0 ? found.join(', ') : undefined
}

import { domainToUnicode } from 'node:url'
import { parse } from 'tldts'
import { brandsIn, IMITATED, isOfficial, officialInside } from './brands.ts'
import type { DomainRule } from './domain-rules.ts'
import { isForeign, mixesScripts, readingOf } from './look-alikes.ts'
import { freeHostOf, riskyEndingOf, tunnelOf } from './open-hosts.ts'
import { HELD_FROM, REFUSED_FROM, WEIGHTS, type Reason, type ReasonCode } from './reasons.ts'
import { leadsOnTo, shortenerOf } from './shorteners.ts'
import { isOfRobots, spamWordsIn } from './slug-patterns.ts'

/** What is known besides the address itself; all of it in memory. */
export interface RiskContext {
  /** What people decided about domains. */
  rules: {
    /** The most precise rule for a host. */
    of(host: string): DomainRule | undefined
    /** Names (without their endings) of the domains that are allowed, as `readingOf` reads them. */
    allowedReadings: ReadonlyMap<string, string>
  }
  /** Lists of harmful addresses. */
  blocked: {
    /** The name of the list that an address is on. */
    listOf(url: URL): string | undefined
  }
  /** Whether a host is ours, and then whether people may be led there. */
  ownHost(host: string): 'open' | 'closed' | undefined
}

/** What is thought of an address, before anybody looks at it. */
export interface Assessment {
  /** From 0, nothing speaks against it, to 100. */
  score: number
  reasons: Reason[]
  /** Made and followed at once; made and held until a person has looked; not made. */
  verdict: 'direct' | 'hold' | 'refuse'
  /** The heaviest reason of a verdict that is not direct. */
  finalReason: Reason | undefined
  /** On a domain that people allow: no warning page either. */
  isAllowed: boolean
}

/** Addresses inside addresses that are looked into. */
const HOPS = 5

/** Files that a machine runs. */
const PROGRAM = /\.(apk|appx|bat|cmd|com|dll|exe|hta|jar|js|lnk|msi|ps1|reg|scr|vbs|wsf)$/i

/** Names that exist on private networks only (RFC 6761, 6762, 8375; ICANN's reservation of internal). */
const PRIVATE = /(^|\.)(local|localhost|internal|intranet|lan|home|corp|private|home\.arpa)$/

/** Parts of a name beyond which it is meant to hide its end from the eye. */
const MANY_LABELS = 6

/**
 * Scores an address for a short link, without asking anybody: the same address and context give the same answer, and a
 * plain address is direct whatever the network does.
 *
 * @param url as `readTarget` or an import gives it
 * @param slug the text that a person chose; undefined when it is made by us
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

/** Names that are taken for others. */
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

/** The known name that another reads like without being it. */
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

/** Looks at the addresses that well-known pages lead on to: they are what the link leads to in the end. */
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

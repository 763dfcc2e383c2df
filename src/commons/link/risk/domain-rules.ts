import { domainToASCII } from 'node:url'
import type { Kysely } from 'kysely'
import { getDomainWithoutSuffix } from 'tldts'
import { readingOf } from './look-alikes.ts'
import type { RiskTables, RuleVerdict } from './tables.ts'

/** A moderator's rule about a domain and its subdomains. */
export interface DomainRule {
  domain: string
  verdict: RuleVerdict
  reason: string
  /** Undefined: no expiry. */
  until: Temporal.Instant | undefined
}

/** Letters from which a name is compared with look-alikes. */
const COMPARED_FROM = 5

/** The domain rules, in memory. */
export class DomainRules {
  readonly #rules: ReadonlyMap<string, DomainRule>
  readonly allowedReadings: ReadonlyMap<string, string>

  constructor(rules: readonly DomainRule[]) {
    this.#rules = new Map(rules.map((rule) => [rule.domain, rule]))
    const allowed = rules.flatMap(({ domain, verdict }) =>
      verdict === 'allow' ? (getDomainWithoutSuffix(domain) ?? []) : [],
    )
    this.allowedReadings = new Map(
      allowed.filter((name) => name.length >= COMPARED_FROM).map((name) => [readingOf(name), name]),
    )
  }

  /** Returns the rule of a host: its own, or that of the nearest parent domain. */
  of(host: string): DomainRule | undefined {
    for (let name = host.replace(/\.$/, ''); name; name = name.includes('.') ? name.slice(name.indexOf('.') + 1) : '') {
      const rule = this.#rules.get(name)
      if (rule && (!rule.until || Temporal.Instant.compare(Temporal.Now.instant(), rule.until) < 0)) return rule
    }
    return undefined
  }

  static async read(db: Kysely<RiskTables>): Promise<DomainRules> {
    const rows = await db.selectFrom('domain_rule').selectAll().orderBy('domain').execute()
    return new DomainRules(
      rows.map(({ domain, verdict, reason, until }) => ({ domain, verdict, reason, until: until ?? undefined })),
    )
  }

  get all(): DomainRule[] {
    return [...this.#rules.values()]
  }
}

/**
 * Reads the domain of a rule from a name or any address on it.
 *
 * @returns the name in lower-case ASCII; undefined when there is none
 */
export function readDomain(text: string): string | undefined {
  const trimmed = text.trim()
  const host = trimmed.includes('/')
    ? URL.parse(/^https?:/i.test(trimmed) ? trimmed : `https://${trimmed}`)?.hostname
    : domainToASCII(trimmed)
  return host && !/^\d+$/.test(trimmed) && /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host) ? host : undefined
}

/** Sets the rule of a domain, replacing the former one. */
export async function setRule(db: Kysely<RiskTables>, { domain, verdict, reason, until }: DomainRule): Promise<void> {
  const values = { verdict, reason, until: until?.toString() ?? null }
  await db
    .insertInto('domain_rule')
    .values({ domain, ...values })
    .onConflict((conflict) => conflict.column('domain').doUpdateSet(values))
    .execute()
}

/** @returns whether there was a rule */
export async function removeRule(db: Kysely<RiskTables>, domain: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('domain_rule').where('domain', '=', domain).executeTakeFirst()
  return numDeletedRows > 0n
}

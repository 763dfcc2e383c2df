import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { isDatabaseAway } from '../../../platform/database/away.ts'
import { setFrench } from '../../../platform/language/typography.ts'
import { publicName, type CountedService } from '../../../platform/figures/figures.ts'
import { readAssets } from '../../../platform/pages/assets.ts'
import type { Platform } from '../../../platform/platform.ts'
import { version } from '../../../platform/version.ts'
import { refuseFields } from '../../../platform/refusals.ts'
import { fitLine } from '../../../platform/text/read.ts'
import { refuse } from '../refusals.ts'
import type { ReportTables } from '../tables.ts'
import { isOfType } from './check.ts'
import { ORGANISATION_KEYS, PROTOCOL, SERVICE_KEYS, type PropertyKey } from './keys.ts'
import { metricsAmong, formatMetrics } from './metrics.ts'
import { writeProperties } from './property-text.ts'

/** The most characters of a value. */
export const PROPERTY = { longest: 2000 }

/** The folder that the collective's crawler reads. */
export const FOLDER = '/.well-known/chatonsinfos/'

/** A file as it is sent. */
export interface SentFile {
  text: string
  /** `"…"` */
  tag: string
}

/** A line of a file that can be filled in. */
export interface Property extends PropertyKey {
  value: string
  /** Whether the team filled it in; otherwise it is a default of the program. */
  isFilled: boolean
}

/** The subject of a file: the association, or a service by its public name. */
export type Subject =
  | { kind: 'organisation' }
  | { kind: 'service'; service: CountedService }
  | { kind: 'metrics'; service: CountedService }

/** How long a file is cached, in milliseconds. */
const FRESH = 60_000

/** The key of the association's own properties in the database. */
const ORGANISATION = 'organization'

/**
 * The files that the CHATONS collective requires of its members: about the association, its services and their
 * figures.
 */
export class Collective {
  readonly #db: Kysely<ReportTables>
  readonly #platform: Platform
  /** The last good text of each file: it is sent while the database is away. */
  readonly #made = new Map<string, SentFile & { at: number }>()
  /** Address of the source code of this build. */
  readonly #sources: string
  #firstStart: Temporal.Instant | undefined

  constructor(db: Kysely<ReportTables>, platform: Platform) {
    this.#db = db
    this.#platform = platform
    this.#sources = platform.addresses.of('static', `/${readAssets().source}`)
  }

  /** Running services for people: each has a file. */
  get services(): CountedService[] {
    return this.#platform.figures.services.filter(({ area }) => area !== 'house')
  }

  /** Returns the subject of a file name in the folder; undefined when there is no such file. */
  subjectOf(name: string): Subject | undefined {
    const { addresses, config } = this.#platform
    const bare = name.replace(/\.properties$/, '')
    if (bare === name) return undefined
    const hosts = [addresses.domain, ...(config.services['portal']?.aliases ?? [])]
    if (hosts.includes(bare)) return { kind: 'organisation' }
    const service = this.services.find((one) => publicName(one) === bare.replace(/-metrics$/, ''))
    return service && { kind: bare.endsWith('-metrics') ? 'metrics' : 'service', service }
  }

  /** Returns the address of a file. */
  addressOf(subject: Subject): string {
    const { addresses } = this.#platform
    return addresses.portal(`${FOLDER}${fileStem(subject, addresses.domain)}.properties`)
  }

  /** Returns a file for the crawler, generated at most once a minute; while the database is away the last one stays. */
  async file(subject: Subject): Promise<SentFile> {
    const name = fileStem(subject, this.#platform.addresses.domain)
    const before = this.#made.get(name)
    if (before && before.at > Date.now() - FRESH) return before
    try {
      const text = await this.#write(subject)
      const made = {
        text,
        tag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`,
        at: Date.now(),
      }
      this.#made.set(name, made)
      return made
    } catch (error) {
      if (before && isDatabaseAway(error)) return before
      throw error
    }
  }

  async #write(subject: Subject): Promise<string> {
    const title = `${this.#platform.association.name} – ${fileStem(subject, this.#platform.addresses.domain)}`
    if (subject.kind === 'metrics') return writeProperties(title, await this.#metrics(subject))
    const { properties, changedAt } = await this.properties(subject)
    const file = this.#fileProperties(subject, changedAt)
    const filled = properties.map(({ key, value }): [string, string] => [key, value])
    return writeProperties(title, [...file, ...filled, ...this.#subs(subject)])
  }

  #fileProperties(subject: Subject, changedAt: Temporal.Instant): [string, string][] {
    const kind = { organisation: 'Organization', service: 'Service', metrics: 'Metrics' }[subject.kind]
    const moment = changedAt
      .toZonedDateTimeISO(this.#platform.config.time_zone)
      .toPlainDateTime()
      .toString({ smallestUnit: 'second' })
    return [
      ['file.class', kind],
      ['file.protocol', this.#platform.config.chatons.protocol || PROTOCOL],
      ['file.datetime', moment],
      ['file.generator', `Bagad ${version}`],
      ['file.url', this.addressOf(subject)],
    ]
  }

  #subs(subject: Subject): [string, string][] {
    if (subject.kind === 'service')
      return [['subs.metrics', this.addressOf({ kind: 'metrics', service: subject.service })]]
    return this.services.map((service) => [`subs.${publicName(service)}`, this.addressOf({ kind: 'service', service })])
  }

  async #metrics(subject: Subject & { kind: 'metrics' }): Promise<[string, string][]> {
    const { figures, today } = this.#platform
    const service = publicName(subject.service)
    const all = await figures.dated({ of: [subject.service.name, service] }, today().year - 1)
    const metrics = metricsAmong(
      service,
      all.map(({ id }) => id),
    )
    const series = all.filter(({ id }) => metrics.some(({ figure }) => figure === id))
    const notedAt = series.map((one) => one.notedAt).reduce(later, await this.#started())
    return [...this.#fileProperties(subject, notedAt), ...formatMetrics(metrics, series)]
  }

  /** Returns the properties of a file that can be filled in, with their values and last change. */
  async properties(
    subject: Exclude<Subject, { kind: 'metrics' }>,
  ): Promise<{ properties: Property[]; changedAt: Temporal.Instant }> {
    const file = subject.kind === 'organisation' ? ORGANISATION : publicName(subject.service)
    const rows = await this.#db
      .selectFrom('property')
      .select(['key', 'value', 'written_at'])
      .where('file', '=', file)
      .execute()
    const supposed =
      subject.kind === 'organisation'
        ? await this.#supposedOfAssociation()
        : await this.#supposedOfService(subject.service)
    const keys = subject.kind === 'organisation' ? ORGANISATION_KEYS : SERVICE_KEYS
    const properties = keys
      .filter(({ isOwn }) => !isOwn)
      .map((key): Property => {
        const filled = rows.find((row) => row.key === key.key)
        return { ...key, value: filled?.value ?? supposed[key.key] ?? '', isFilled: filled !== undefined }
      })
    return { properties, changedAt: rows.map(({ written_at: at }) => at).reduce(later, await this.#started()) }
  }

  /**
   * Fills in properties of a file; an empty value restores the default.
   *
   * @throws Refusal `property-wrong` naming each invalid value; then nothing is written
   */
  async fill(
    subject: Exclude<Subject, { kind: 'metrics' }>,
    values: Record<string, string>,
    by: string,
  ): Promise<void> {
    const file = subject.kind === 'organisation' ? ORGANISATION : publicName(subject.service)
    const keys = subject.kind === 'organisation' ? ORGANISATION_KEYS : SERVICE_KEYS
    const given = keys.flatMap((key) =>
      key.isOwn || values[key.key] === undefined ? [] : [{ ...key, value: fitLine(values[key.key] ?? '', PROPERTY) }],
    )
    const wrong = given.filter(({ value, type }) => value !== '' && !isOfType(value, type))
    if (wrong.length > 0)
      throw refuseFields(
        Object.fromEntries(wrong.map(({ key, value }) => [key, refuse('property-wrong', { key, value })])),
      )
    const now = await this.properties(subject)
    const supposed = new Map(now.properties.filter(({ isFilled }) => !isFilled).map(({ key, value }) => [key, value]))
    await this.#db.transaction().execute(async (db) => {
      for (const { key, value } of given) {
        if (value === '') await db.deleteFrom('property').where('file', '=', file).where('key', '=', key).execute()
        else if (supposed.get(key) !== value)
          await db
            .insertInto('property')
            .values({ file, key, value, written_by: by })
            .onConflict((conflict) =>
              conflict
                .columns(['file', 'key'])
                .doUpdateSet({ value, written_by: by, written_at: Temporal.Now.instant().toString() }),
            )
            .execute()
      }
    })
    this.#made.clear()
  }

  /** Returns the day of the first start, which every file keeps. */
  async #started(): Promise<Temporal.Instant> {
    if (!this.#firstStart) {
      const { rows } = await this.#platform.database.pool.query<{ at: Temporal.Instant }>(
        'select min(applied_at) as at from platform.migration',
      )
      this.#firstStart = rows[0]?.at ?? Temporal.Now.instant()
    }
    return this.#firstStart
  }

  async #startDay(): Promise<string> {
    return (await this.#started()).toZonedDateTimeISO(this.#platform.config.time_zone).toPlainDate().toString()
  }

  async #supposedOfAssociation(): Promise<Record<string, string>> {
    const { association, addresses } = this.#platform
    const place = [association.postal_address, association.town].find(Boolean) ?? ''
    return {
      'organization.name': association.name,
      'organization.description': association.about.fr || association.promise.fr,
      'organization.website': association.website || addresses.portal(),
      'organization.status.level': 'ACTIVE',
      'organization.type': 'ASSOCIATION',
      'organization.contact.email': association.email || `contact@${addresses.domain}`,
      'organization.legal.url': addresses.portal('/mentions-legales'),
      'organization.country.name': 'France',
      'organization.country.code': 'FR',
      'organization.geolocation.address': place,
      'organization.memberof.chatons.status.level': 'ACTIVE',
      'organization.memberof.chatons.startdate': await this.#startDay(),
    }
  }

  async #supposedOfService({ name, about }: CountedService): Promise<Record<string, string>> {
    const { association, addresses, config } = this.#platform
    return {
      'service.name': about.name.fr,
      'service.description': setFrench(about.promise.fr),
      'service.website': addresses.of(name),
      'service.legal.url': addresses.portal('/conditions'),
      'service.contact.email': association.email || `contact@${addresses.domain}`,
      'service.startdate': await this.#startDay(),
      'service.status.level': 'OK',
      'service.registration': about.audience === 'everyone' ? 'None' : 'Member',
      'service.registration.load': 'OPEN',
      'service.install.type': 'SOURCES',
      'software.name': 'Bagad',
      'software.website': addresses.portal(),
      'software.license.name': 'AGPL-3.0-or-later',
      'software.license.url': 'https://www.gnu.org/licenses/agpl-3.0.html',
      'software.version': version,
      'software.source.url': this.#sources,
      'host.name': config.legal.host_name || association.name,
      'host.country.name': 'France',
      'host.country.code': 'FR',
    }
  }
}

function fileStem(subject: Subject, domain: string): string {
  if (subject.kind === 'organisation') return domain
  return subject.kind === 'metrics' ? `${publicName(subject.service)}-metrics` : publicName(subject.service)
}

function later(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) < 0 ? other : one
}

import { type Kysely } from 'kysely'
import type { AdapterPayload } from 'oidc-provider'
import type { Role } from '../../../platform/access/roles.ts'
import { lruCache } from '../../../platform/lru-cache.ts'
import type { PubSub } from '../../../platform/pubsub/pubsub.ts'
import type { IdentityTables } from '../tables.ts'
import { Store, type StoreNeeds } from './store.ts'

/** Applications in the cache of a process: a few kilobytes each. */
const REMEMBERED = 500

/** An application, as every request needs it. */
export interface KnownApplication {
  /** Its metadata (OpenID Connect Dynamic Client Registration). */
  metadata: AdapterPayload
  /** The roles that may use it; empty: every account. */
  roles: readonly Role[]
  isOwn: boolean
}

interface KnownApplicationsNeeds extends StoreNeeds {
  pubsub: PubSub
}

/** The provider's cached store of applications: each is read once, and again when the database announces a change. */
export class KnownApplications extends Store {
  readonly #db: Kysely<IdentityTables>
  readonly #remembered = lruCache<string, KnownApplication>(REMEMBERED)
  #changes = 0

  constructor({ pubsub, ...needs }: KnownApplicationsNeeds) {
    super('Client', needs)
    this.#db = needs.db
    const forget = () => this.#forget()
    pubsub.subscribe('identity.application', { onMessage: forget, resync: forget })
  }

  /** Finds an application with its local settings. */
  async get(client: string): Promise<KnownApplication | undefined> {
    const remembered = this.#remembered.get(client)
    if (remembered) return remembered
    const asOf = this.#changes
    const metadata = await super.find(client)
    if (!metadata) return undefined
    const settings = await this.#db
      .selectFrom('application')
      .select(['roles', 'is_own'])
      .where('client', '=', client)
      .executeTakeFirst()
    const known = { metadata, roles: settings?.roles ?? [], isOwn: settings?.is_own ?? false }
    // A notification that arrived meanwhile may concern this application.
    if (asOf === this.#changes) this.#remembered.set(client, known)
    return known
  }

  override async find(client: string): Promise<AdapterPayload | undefined> {
    return (await this.get(client))?.metadata
  }

  override async upsert(client: string, metadata: AdapterPayload, expiresIn?: number): Promise<void> {
    await super.upsert(client, metadata, expiresIn)
    this.#forget()
  }

  override async destroy(client: string): Promise<void> {
    await super.destroy(client)
    this.#forget()
  }

  #forget(): void {
    this.#changes++
    this.#remembered.clear()
  }
}

/** Whether a person with these roles may use an application. */
export function mayUse(application: KnownApplication | undefined, roles: readonly Role[]): boolean {
  if (!application || application.roles.length === 0) return true
  return roles.some((role) => role === 'admin' || application.roles.includes(role))
}

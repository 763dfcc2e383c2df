import { type Kysely } from 'kysely'
import type { AdapterPayload } from 'oidc-provider'
import type { Role } from '../../../platform/access/roles.ts'
import { lruCache } from '../../../platform/lru-cache.ts'
import type { PubSub } from '../../../platform/pubsub/pubsub.ts'
import type { IdentityTables } from '../tables.ts'
import { Store, type StoreNeeds } from './store.ts'

/** Applications that a process remembers: a few kilobytes each. */
const REMEMBERED = 500

/** An application, as each request for it must know it. */
export interface KnownApplication {
  /** What it says of itself (OpenID Connect Dynamic Client Registration). */
  metadata: AdapterPayload
  /** Whose people may use it; empty: everybody's. */
  roles: readonly Role[]
  isOwn: boolean
}

interface KnownApplicationsNeeds extends StoreNeeds {
  pubsub: PubSub
}

/** Where the provider finds applications: each is read once, and again when the database tells that one has changed. */
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

  /** An application, with what the house says of it. */
  async get(client: string): Promise<KnownApplication | undefined> {
    const remembered = this.#remembered.get(client)
    if (remembered) return remembered
    const asOf = this.#changes
    const metadata = await super.find(client)
    if (!metadata) return undefined
    const house = await this.#db
      .selectFrom('application')
      .select(['roles', 'is_own'])
      .where('client', '=', client)
      .executeTakeFirst()
    const known = { metadata, roles: house?.roles ?? [], isOwn: house?.is_own ?? false }
    // News that came meanwhile may have been about it.
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

/** Whether an application is for somebody: for everybody, or for those who have one of its roles. */
export function isFor(application: KnownApplication | undefined, roles: readonly Role[]): boolean {
  if (!application || application.roles.length === 0) return true
  return roles.some((role) => role === 'admin' || application.roles.includes(role))
}

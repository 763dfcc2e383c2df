import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { ROLES, isRole, type Role } from '../../../platform/access/roles.ts'
import { OutgoingError } from '../../../platform/outgoing/outgoing-error.ts'
import { Refusal } from '../../../platform/refusals.ts'
import { freeBlobs } from '../../../platform/retention/freed-blobs.ts'
import { refuse } from '../refusals.ts'
import type { IdentityContext } from '../context.ts'
import type { OpenId } from './openid.ts'
import { mayUse } from './known-applications.ts'

/** An application (OpenID Connect client) that people sign in to with their account. */
export interface ApplicationLine {
  client: string
  name: string
  hosts: string[]
  roles: Role[]
  isOwn: boolean
  /** The address of its logo. */
  logo: string | undefined
}

/** An application that an account has authorized. */
export interface GrantLine {
  client: string
  name: string
  since: Temporal.Instant
}

/** The fields of a new application, as an administrator enters them. */
export interface NewApplication {
  name: string
  redirectUris: string[]
  /** Whether the client is public: a web page or a device application, which cannot keep a secret. */
  isPublic: boolean
  roles: readonly Role[]
  isOwn: boolean
}

/** The applications that use these accounts, and the authorizations that people gave them. */
export class Applications {
  readonly #context: IdentityContext
  readonly #openId: OpenId

  constructor(context: IdentityContext, openId: OpenId) {
    this.#context = context
    this.#openId = openId
  }

  /**
   * Registers an application.
   *
   * @param metadata as in OpenID Connect Dynamic Client Registration: `client_name`, `redirect_uris`…
   * @returns the client id and, for a confidential client, its secret
   * @throws Refusal `application-invalid` with the provider's error message
   */
  async add(
    metadata: Record<string, unknown>,
    settings: { roles?: readonly Role[]; isOwn?: boolean; by: string | null },
  ): Promise<{ client: string; secret: string | undefined }> {
    const { db, securityLog, platform } = this.#context
    const provider = await this.#openId.provider()
    const requestedId = metadata['client_id']
    const client =
      typeof requestedId === 'string' && requestedId !== '' ? requestedId : randomBytes(12).toString('base64url')
    const isPublic = metadata['token_endpoint_auth_method'] === 'none'
    const secret = isPublic ? undefined : randomBytes(32).toString('base64url')
    const whole = {
      ...metadata,
      client_id: client,
      ...(secret && { client_secret: secret, client_secret_expires_at: 0 }),
      client_id_issued_at: Math.floor(Date.now() / 1000),
    }
    const store = this.#openId.applications
    if (await store.find(client)) throw refuse('application-invalid', { why: 'client_id' })
    await store.upsert(client, whole)
    try {
      // The provider validates an application when it reads it: an invalid one is deleted again.
      await provider.Client.find(client)
    } catch (error) {
      await store.destroy(client)
      throw refuse('application-invalid', {
        why: error instanceof Error && 'error_description' in error ? String(error.error_description) : String(error),
      })
    }
    await db
      .insertInto('application')
      .values({ client, roles: [...(settings.roles ?? [])], is_own: settings.isOwn ?? false, made_by: settings.by })
      .onConflict((conflict) =>
        conflict.column('client').doUpdateSet({ roles: [...(settings.roles ?? [])], is_own: settings.isOwn ?? false }),
      )
      .execute()
    await securityLog.write(db, { action: 'application.made', actor: settings.by, detail: { client } })
    if (metadata['logo_uri'] !== undefined) await platform.jobs.enqueue(db, 'identity.fetch-logo', { client })
    return { client, secret }
  }

  async remove(client: string, by: string): Promise<void> {
    const { db, securityLog } = this.#context
    await this.#openId.applications.destroy(client)
    await db.deleteFrom('oidc_payload').where('client', '=', client).execute()
    const removed = await db.deleteFrom('application').where('client', '=', client).returning('logo').executeTakeFirst()
    if (removed?.logo) await freeBlobs(db, [removed.logo])
    await securityLog.write(db, { action: 'application.removed', actor: by, detail: { client } })
  }

  /** Fetches the logo that an application declares. A logo that cannot be fetched, or is no picture, is ignored. */
  async fetchLogo(client: string): Promise<void> {
    const { platform, pictures } = this.#context
    const provider = await this.#openId.provider()
    const { logoUri } = (await provider.Client.find(client)) ?? {}
    if (!logoUri) return
    try {
      using answer = await platform.outgoing.fetch(logoUri, { headers: { accept: 'image/*' }, isOwnRefused: true })
      if (answer.status === 200) await pictures.setOfApplication(client, await answer.bytes())
    } catch (error) {
      if (!(error instanceof OutgoingError || error instanceof Refusal)) throw error
    }
  }

  /** Every application, registered by an administrator or by itself. */
  async list(): Promise<ApplicationLine[]> {
    const { db, platform, pictures } = this.#context
    const rows = await db
      .selectFrom('oidc_payload')
      .select('data')
      .where('kind', '=', 'Client')
      .orderBy('made_at')
      .execute()
    const settingsByClient = new Map(
      (await db.selectFrom('application').selectAll().execute()).map((row) => [row.client, row]),
    )
    return rows.map(({ data }) => {
      const metadata: { client_id?: string; client_name?: string; redirect_uris?: string[] } = JSON.parse(
        platform.key.decrypt('openid', data).toString(),
      )
      const client = metadata.client_id ?? ''
      const settings = settingsByClient.get(client)
      return {
        client,
        name: metadata.client_name ?? client,
        hosts: [
          ...new Set((metadata.redirect_uris ?? []).map((uri) => URL.parse(uri)?.host || uri.split(':')[0] || '')),
        ],
        roles: settings?.roles ?? [],
        isOwn: settings?.is_own ?? false,
        logo: settings?.logo ? pictures.address(settings.logo) : undefined,
      }
    })
  }

  /** Whether an account may use an application: it is open to every account, or to those with one of its roles. */
  async isOpenTo(client: string, account: string): Promise<boolean> {
    const [application, granted] = await Promise.all([
      this.#openId.applications.get(client),
      this.#context.roles.of(account),
    ])
    return mayUse(
      application,
      granted.map(({ role }) => role),
    )
  }

  async allow(client: string, roles: readonly string[], by: string): Promise<void> {
    const named = ROLES.filter((role) => roles.some((one) => isRole(one) && one === role))
    const { db } = this.#context
    await db
      .insertInto('application')
      .values({ client, roles: named, made_by: by })
      .onConflict((conflict) => conflict.column('client').doUpdateSet({ roles: named }))
      .execute()
  }

  /** The applications that an account has authorized. */
  async grantsOf(account: string): Promise<GrantLine[]> {
    const { db } = this.#context
    const rows = await db
      .selectFrom('oidc_payload')
      .select(['client', sql<Temporal.Instant>`max(made_at)`.as('since')])
      .where('kind', '=', 'Grant')
      .where('account', '=', account)
      .where('expires_at', '>', sql<Temporal.Instant>`now()`)
      .groupBy('client')
      .execute()
    const names = new Map((await this.list()).map(({ client, name }) => [client, name]))
    return rows.map(({ client, since }) => ({
      client: client ?? '',
      name: names.get(client ?? '') ?? client ?? '',
      since,
    }))
  }

  /** Revokes an authorization: all tokens of the application for this account become invalid. */
  async revoke(account: string, client: string): Promise<void> {
    const { db, securityLog } = this.#context
    await db.transaction().execute(async (transaction) => {
      await transaction
        .deleteFrom('oidc_payload')
        .where('account', '=', account)
        .where('client', '=', client)
        .where('kind', '!=', 'Session')
        .execute()
      await securityLog.write(transaction, {
        action: 'application.revoked',
        actor: account,
        subject: account,
        detail: { client },
      })
    })
  }
}

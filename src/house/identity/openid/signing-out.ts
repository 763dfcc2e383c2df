import type { IdentityContext } from '../context.ts'
import type { OpenId } from './openid.ts'

/** Ends sessions in other software, by front-channel and back-channel logout (OpenID Connect). */
export class SigningOut {
  readonly #context: IdentityContext
  readonly #openId: OpenId

  constructor(context: IdentityContext, openId: OpenId) {
    this.#context = context
    this.#openId = openId
  }

  /** The front-channel logout addresses that the browser must open. Read them before the session ends. */
  async addressesToOpen(session: string): Promise<string[]> {
    const { platform } = this.#context
    const issuer = platform.addresses.origin('identity')
    const entered = await this.#enteredWith(session)
    return entered.flatMap(({ client, sid }) => {
      const uri = client['frontchannel_logout_uri']
      return typeof uri === 'string' ? [withSession(uri, issuer, sid)] : []
    })
  }

  /** Ends the provider's session of the same browser, and enqueues back-channel logout for its applications. */
  async end(session: string): Promise<void> {
    const { db, platform } = this.#context
    const row = await this.#tied(session)
    if (!row) return
    for (const { client, sid } of await this.#enteredWith(session))
      if (client.backchannelLogoutUri)
        await platform.jobs.enqueue(db, 'identity.tell-sign-out', {
          client: client.clientId,
          sid,
          account: row.account,
        })
    const provider = await this.#openId.provider()
    await (await provider.Session.findByUid(row.uid))?.destroy()
  }

  /**
   * Sends the back-channel logout to one application.
   *
   * @throws when it does not answer; the job retries
   */
  async tell({ client, sid, account }: { client: string; sid: string; account: string }): Promise<void> {
    const provider = await this.#openId.provider()
    const found = await provider.Client.find(client)
    if (found && typeof found.backchannelLogout === 'function') await found.backchannelLogout(account, sid)
  }

  async #enteredWith(session: string) {
    const row = await this.#tied(session)
    if (!row) return []
    const provider = await this.#openId.provider()
    const theirs = await provider.Session.findByUid(row.uid)
    const found = Object.entries(theirs?.authorizations ?? {}).map(async ([id, { sid = '' }]) => ({
      client: await provider.Client.find(id),
      sid,
    }))
    return (await Promise.all(found)).flatMap(({ client, sid }) => (client ? [{ client, sid }] : []))
  }

  async #tied(session: string): Promise<{ uid: string; account: string } | undefined> {
    const row = await this.#context.db
      .selectFrom('session')
      .select(['oidc_uid as uid', 'account'])
      .where('id', '=', session)
      .executeTakeFirst()
    return row?.uid ? { uid: row.uid, account: row.account } : undefined
  }
}

function withSession(uri: string, issuer: string, sid: string): string {
  const url = new URL(uri)
  url.searchParams.set('iss', issuer)
  url.searchParams.set('sid', sid)
  return url.href
}

import type { Kysely } from 'kysely'
import { KeptPictures, type PictureColumn } from '../../platform/images/kept-pictures.ts'
import type { Frame } from '../../platform/images/redraw.ts'
import type { Platform } from '../../platform/platform.ts'
import type { SecurityLog } from './security-log.ts'
import type { IdentityTables } from './tables.ts'

/** Pictures of people are square, as applications show them; logos keep their shape. */
const PERSON: Frame = { width: 512, height: 512, fit: 'fill' }
const MARK: Frame = { width: 256, height: 256, fit: 'within' }

const COLUMNS: PictureColumn[] = [
  { table: 'account', column: 'picture', id: 'id' },
  { table: 'application', column: 'logo', id: 'client' },
]

interface PicturesNeeds {
  platform: Pick<Platform, 'database' | 'blobs' | 'addresses'>
  db: Kysely<IdentityTables>
  securityLog: SecurityLog
}

/** Pictures of people and logos of applications, which applications fetch without a session. */
export class Pictures extends KeptPictures {
  readonly #db: Kysely<IdentityTables>
  readonly #securityLog: SecurityLog

  constructor({ platform, db, securityLog }: PicturesNeeds) {
    super(platform, 'identity', COLUMNS)
    this.#db = db
    this.#securityLog = securityLog
  }

  /** @throws Refusal `picture-invalid`, `picture-too-large`; TooBusy */
  async setOfPerson(account: string, bytes: Buffer): Promise<void> {
    await this.#ofPerson(account, await this.keep(bytes, PERSON))
  }

  async removeOfPerson(account: string): Promise<void> {
    await this.#ofPerson(account, null)
  }

  /** @throws Refusal `picture-invalid`, `picture-too-large`; TooBusy */
  async setOfApplication(client: string, bytes: Buffer): Promise<void> {
    await this.#ofApplication(client, await this.keep(bytes, MARK))
  }

  async removeOfApplication(client: string): Promise<void> {
    await this.#ofApplication(client, null)
  }

  /** The address of an application's logo, for its pages here. */
  async addressOfApplication(client: string): Promise<string | undefined> {
    const row = await this.#db.selectFrom('application').select('logo').where('client', '=', client).executeTakeFirst()
    return row?.logo ? this.address(row.logo) : undefined
  }

  async #ofPerson(account: string, key: string | null): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await this.name(db, 'account', account, key)
      await this.#securityLog.write(db, {
        action: key ? 'picture.set' : 'picture.removed',
        actor: account,
        subject: account,
      })
    })
  }

  async #ofApplication(client: string, key: string | null): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await db
        .insertInto('application')
        .values({ client, roles: [] })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      await this.name(db, 'application', client, key)
    })
  }
}

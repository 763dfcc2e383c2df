import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { sql, type Kysely } from 'kysely'
import type { Addresses } from '../../platform/addresses.ts'
import { BlobMissing, type Blobs } from '../../platform/blobs/blobs.ts'
import { PictureRefused, redraw, type Frame } from '../../platform/images/redraw.ts'
import { freeBlobs } from '../../platform/retention/freed-blobs.ts'
import type { Audit } from './audit.ts'
import { refuse } from './refusals.ts'
import type { IdentityTables } from './tables.ts'

/** A person is a square, as applications show them; a mark keeps its shape. */
const PERSON: Frame = { width: 512, height: 512, fit: 'fill' }
const MARK: Frame = { width: 256, height: 256, fit: 'within' }

interface PicturesNeeds {
  db: Kysely<IdentityTables>
  blobs: Blobs
  addresses: Addresses
  audit: Audit
}

/**
 * Pictures of people and marks of applications. Each has an address that nobody guesses and that never shows another one;
 * who knows it may look, since applications fetch it without any session.
 */
export class Pictures {
  readonly #needs: PicturesNeeds

  constructor(needs: PicturesNeeds) {
    this.#needs = needs
  }

  /** @throws Refusal `picture-odd`, `picture-large`; TooBusy */
  async setOfPerson(account: string, bytes: Buffer): Promise<void> {
    const key = await this.#keep(bytes, PERSON)
    await this.#ofPerson(account, key)
  }

  async removeOfPerson(account: string): Promise<void> {
    await this.#ofPerson(account, null)
  }

  /** @throws Refusal `picture-odd`, `picture-large`; TooBusy */
  async setOfApplication(client: string, bytes: Buffer): Promise<void> {
    await this.#ofApplication(client, await this.#keep(bytes, MARK))
  }

  async removeOfApplication(client: string): Promise<void> {
    await this.#ofApplication(client, null)
  }

  async #ofApplication(client: string, key: string | null): Promise<void> {
    await this.#needs.db.transaction().execute(async (db) => {
      const before = await db
        .selectFrom('application')
        .select('logo')
        .where('client', '=', client)
        .forUpdate()
        .executeTakeFirst()
      await db
        .insertInto('application')
        .values({ client, roles: [], logo: key })
        .onConflict((conflict) => conflict.column('client').doUpdateSet({ logo: key }))
        .execute()
      if (before?.logo) await freeBlobs(db, [before.logo])
    })
  }

  /** The mark of an application, for its pages here. */
  async addressOfApplication(client: string): Promise<string | undefined> {
    const row = await this.#needs.db
      .selectFrom('application')
      .select('logo')
      .where('client', '=', client)
      .executeTakeFirst()
    return row?.logo ? this.address(row.logo) : undefined
  }

  /** Where a picture is shown. */
  address(key: string): string {
    return this.#needs.addresses.of('identity', `/images/${key.slice(key.lastIndexOf('/') + 1)}`)
  }

  /**
   * Key of what stands under an address; none as soon as nobody has that picture any more.
   *
   * @param name the last part of the address
   */
  async keyOfShown(name: string): Promise<string | undefined> {
    const key = keyOf(name)
    const { rows } =
      await sql`select from identity.account where picture = ${key} union all select from identity.application where logo = ${key}`.execute(
        this.#needs.db,
      )
    return rows.length > 0 ? key : undefined
  }

  async read(key: string): Promise<Readable | undefined> {
    return this.#needs.blobs.get(key).catch((error: unknown) => {
      if (error instanceof BlobMissing) return undefined
      throw error
    })
  }

  async #keep(bytes: Buffer, frame: Frame): Promise<string> {
    const drawn = await redraw(bytes, frame).catch((error: unknown) => {
      throw error instanceof PictureRefused
        ? refuse(error.reason === 'too-large' ? 'picture-large' : 'picture-odd')
        : error
    })
    const key = keyOf(`${randomBytes(16).toString('hex')}.webp`)
    await this.#needs.blobs.put(key, drawn)
    return key
  }

  async #ofPerson(account: string, key: string | null): Promise<void> {
    const { db, audit } = this.#needs
    await db.transaction().execute(async (transaction) => {
      const before = await transaction
        .selectFrom('account')
        .select('picture')
        .where('id', '=', account)
        .forUpdate()
        .executeTakeFirst()
      await transaction.updateTable('account').set({ picture: key }).where('id', '=', account).execute()
      if (before?.picture) await freeBlobs(transaction, [before.picture])
      await audit.write(transaction, {
        action: key ? 'picture.set' : 'picture.removed',
        actor: account,
        subject: account,
      })
    })
  }
}

function keyOf(name: string): string {
  return `identity/picture/${name}`
}

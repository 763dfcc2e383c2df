import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { sql, type QueryExecutorProvider } from 'kysely'
import { Type } from 'typebox'
import type { Addresses } from '../addresses.ts'
import { BlobMissing, type Blobs } from '../blobs/blobs.ts'
import type { Database } from '../database/database.ts'
import type { App } from '../http/app.ts'
import { ownRefusals } from '../http/refusal-of.ts'
import { sendBlob } from '../http/send-blob.ts'
import { freeBlobs } from '../retention/freed-blobs.ts'
import { PictureRefused, redraw, type Frame } from './redraw.ts'

/**
 * Where a service names the pictures that it keeps: a column of texts in one of its tables, empty where there is none.
 */
export interface PictureColumn {
  table: string
  column: string
  /** The column that tells its rows apart. */
  id: string
  /** What a row must say for its picture to be shown: one that moderators have taken down shows none. */
  shownIf?: { column: string; value: string }
}

/** The last part of a key, and of an address. */
const NAME = /^[0-9a-f]{32}\.webp$/

interface Needs {
  database: Database
  blobs: Blobs
  addresses: Addresses
}

/**
 * Pictures that people give a service: drawn anew, kept as blobs, named by its rows, shown under addresses that cannot
 * be guessed and never show another picture. All who know one may look: there is no session in it. Browsers keep a
 * picture for a year, or ask each time where moderators may hide it (`shownIf`).
 *
 * The service declares the same columns in `Service.blobs`.
 *
 * @example
 * const pictures = new KeptPictures(platform, 'bell', [{ table: 'ring', column: 'picture', id: 'id' }])
 * const key = await pictures.keep(form.file('picture'), { width: 512, height: 512, fit: 'fill' })
 * await db.transaction().execute((transaction) => pictures.name(transaction, 'ring', ring.id, key))
 */
export class KeptPictures {
  readonly #needs: Needs
  readonly #service: string
  readonly #columns: readonly PictureColumn[]

  constructor(needs: Needs, service: string, columns: readonly PictureColumn[]) {
    this.#needs = needs
    this.#service = service
    this.#columns = columns
  }

  /**
   * Draws a picture anew and keeps it; to be named by a row at once.
   *
   * @returns its key
   * @throws Refusal `picture-invalid`, `picture-too-large`; TooBusy
   */
  async keep(bytes: Buffer, frame: Frame): Promise<string> {
    const drawn = await redraw(bytes, frame).catch((error: unknown) => {
      if (!(error instanceof PictureRefused)) throw error
      throw ownRefusals(error.reason === 'too-large' ? 'picture-too-large' : 'picture-invalid')
    })
    const key = this.#keyOf(`${randomBytes(16).toString('hex')}.webp`)
    await this.#needs.blobs.put(key, drawn)
    return key
  }

  /**
   * Names a picture in a row that is there, or none; the one that stood there before is given up.
   *
   * @param db the caller's transaction, over whatever schema
   */
  async name(db: QueryExecutorProvider, table: string, id: string, key: string | null): Promise<void> {
    const place = this.#columns.find((one) => one.table === table)
    if (!place) throw new Error(`${this.#service} names no pictures in ${table}`)
    const rows = this.#tableOf(place)
    const [column, of] = [sql.ref(place.column), sql.ref(place.id)]
    const { rows: before } = await sql<{ key: string | null }>`
      with before as (select ${column} as key from ${rows} where ${of} = ${id} for update),
        named as (update ${rows} set ${column} = ${key} where ${of} = ${id})
      select key from before`.execute(db)
    await freeBlobs(
      db,
      before.flatMap((row) => row.key ?? []),
    )
  }

  /** Where a picture is shown. */
  address(key: string): string {
    return this.#needs.addresses.of(this.#service, `/images/${key.slice(key.lastIndexOf('/') + 1)}`)
  }

  /** A picture by its key; undefined when it is gone. */
  async read(key: string): Promise<Readable | undefined> {
    return this.#needs.blobs.get(key).catch((error: unknown) => {
      if (error instanceof BlobMissing) return undefined
      throw error
    })
  }

  /**
   * Shows the pictures on the service's host, below `/images/`, as long as a row names and shows them; other sites may
   * show them too.
   */
  serve(app: App): void {
    app.get('/images/:name', { schema: { params: Type.Object({ name: Type.String() }) } }, async (request, reply) => {
      const { name } = request.params
      const key = this.#keyOf(name)
      const place = NAME.test(name) ? await this.#findShown(key) : undefined
      if (!place) return reply.callNotFound()
      reply
        .header('cache-control', place.shownIf ? 'no-cache' : 'public, max-age=31536000, immutable')
        .header('cross-origin-resource-policy', 'cross-origin')
      return sendBlob(reply, this.#needs.blobs, { key, type: 'image/webp', tag: name })
    })
  }

  /** The column that names a picture in a row that shows it. */
  async #findShown(key: string): Promise<PictureColumn | undefined> {
    const named = this.#columns.map((one, index) => {
      const isShown = one.shownIf ? sql`${sql.ref(one.shownIf.column)} = ${one.shownIf.value}` : sql`true`
      return sql`
        select ${sql.lit(index)} as index from ${this.#tableOf(one)} where ${sql.ref(one.column)} = ${key} and ${isShown}`
    })
    const { rows } = await sql<{ index: number }>`${sql.join(named, sql` union all `)}`.execute(
      this.#needs.database.schema(this.#service),
    )
    return this.#columns[rows[0]?.index ?? -1]
  }

  #tableOf({ table }: PictureColumn) {
    return sql.id(this.#service, table)
  }

  #keyOf(name: string): string {
    return `${this.#service}/picture/${name}`
  }
}

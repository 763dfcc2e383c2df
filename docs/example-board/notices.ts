import { createHash, randomBytes } from 'node:crypto'
import { sql, type Kysely, type Selectable } from 'kysely'
import type { Platform } from '../../src/platform/platform.ts'
import type { ClientAddress } from '../../src/platform/http/from.ts'
import type { KeptPictures } from '../../src/platform/images/kept-pictures.ts'
import type { Frame } from '../../src/platform/images/redraw.ts'
import type { Rate } from '../../src/platform/limits/rates.ts'
import { readFields } from '../../src/platform/refusals.ts'
import { freeBlobs } from '../../src/platform/retention/freed-blobs.ts'
import { readLine, readText } from '../../src/platform/text/read.ts'
import { refuse } from './refusals.ts'
import type { BoardTables } from './tables.ts'

/** Notices that one account may put up. */
const RATES: Rate[] = [{ acts: 10, seconds: 24 * 3600 }]

/** Notices that the list shows. */
const MOST = 100

const FRAME: Frame = { width: 1024, height: 1024, fit: 'within' }

export type Notice = Selectable<BoardTables['notice']>

/** A notice as it was written. */
export interface WrittenNotice {
  title: string
  text: string
  /** Bytes of a file. */
  picture?: Buffer | undefined
}

/** Who puts up a notice, or takes it down. */
export interface Author {
  /** Number of the account. */
  account: string
  from: ClientAddress
}

interface NoticesNeeds {
  db: Kysely<BoardTables>
  platform: Pick<Platform, 'auditTrail' | 'blockList' | 'figures' | 'rates'>
  pictures: KeptPictures
  /** For which a notice stays. */
  days: number
}

/** The notices of the board. */
export class Notices {
  readonly #needs: NoticesNeeds

  constructor(needs: NoticesNeeds) {
    this.#needs = needs
  }

  /**
   * Puts up a notice.
   *
   * @throws Refusal `no-title`, `no-text`, those of texts and pictures, `too-many-acts`, `content-denied`
   */
  async add(written: WrittenNotice, { account, from }: Author): Promise<Notice> {
    const { db, platform, pictures, days } = this.#needs
    const { title, text } = readFields({
      title: () => readTitle(written.title),
      text: () => readMessage(written.text),
    })
    const hash = createHash('sha256').update(`${title}\n${text}`).digest()
    await platform.rates.admit('board.add', `account ${account}`, RATES)
    await platform.blockList.admit({ service: 'board', hash })
    const picture = written.picture ? await pictures.keep(written.picture, FRAME) : null
    return db.transaction().execute(async (transaction) => {
      const notice = await transaction
        .insertInto('notice')
        .values({
          id: randomBytes(9).toString('base64url'),
          author: account,
          title,
          text,
          picture,
          hash,
          ends_at: Temporal.Now.instant()
            .add({ hours: 24 * days })
            .toString(),
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      await platform.figures.count(transaction, { 'board.notices': 1 })
      await platform.auditTrail.record(transaction, {
        service: 'board',
        content: notice.id,
        act: 'made',
        from,
        account,
      })
      return notice
    })
  }

  /** What everyone sees, the newest first. */
  async shown(): Promise<Notice[]> {
    return this.#current().where('state', '=', 'shown').orderBy('made_at', 'desc').limit(MOST).execute()
  }

  /** @throws Refusal `unknown`, `hidden`, `removed` */
  async get(id: string): Promise<Notice> {
    const notice = await this.#current().where('id', '=', id).executeTakeFirst()
    if (!notice) throw refuse('unknown')
    if (notice.state !== 'shown') throw refuse(notice.state)
    return notice
  }

  /** @throws Refusal `not-yours`, and those of `get`: what moderators hold is not deleted by its author */
  async getOwn(id: string, account: string): Promise<Notice> {
    const notice = await this.get(id)
    if (notice.author !== account) throw refuse('not-yours')
    return notice
  }

  /** Its author takes it down; its picture goes a day later. @throws Refusal as `getOwn` does */
  async delete(id: string, { account, from }: Author): Promise<void> {
    const { picture } = await this.getOwn(id, account)
    await this.#needs.db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('notice').where('id', '=', id).execute()
      await freeBlobs(transaction, picture ? [picture] : [])
      const { auditTrail } = this.#needs.platform
      await auditTrail.record(transaction, { service: 'board', content: id, act: 'removed', from, account })
    })
  }

  /** Those whose time is over wait for the purge. */
  #current() {
    return this.#needs.db
      .selectFrom('notice')
      .selectAll()
      .where('ends_at', '>', sql<Temporal.Instant>`now()`)
  }
}

function readTitle(written: string): string {
  const title = readLine(written, { longest: 100 })
  if (title === '') throw refuse('no-title')
  return title
}

/** Reads the text of a notice, or of an answer to one. @throws Refusal `no-text` */
export function readMessage(written: string): string {
  const text = readText(written, { longest: 2000 })
  if (text === '') throw refuse('no-text')
  return text
}

import { createHash, randomBytes } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import type { ClientAddress } from '../../src/platform/http/from.ts'
import type { KeptPictures } from '../../src/platform/images/kept-pictures.ts'
import type { Language } from '../../src/platform/language/languages.ts'
import { isMailbox } from '../../src/platform/mail/mailbox.ts'
import type { Platform } from '../../src/platform/platform.ts'
import { readFields } from '../../src/platform/refusals.ts'
import { freeBlobs } from '../../src/platform/retention/freed-blobs.ts'
import { readLine, readText } from '../../src/platform/text/read.ts'
import { refuse } from './refusals.ts'
import type { BoardTables } from './tables.ts'
import { words } from './words.ts'

export type Notice = Selectable<BoardTables['notice']>

/** A notice as it was written. */
export interface WrittenNotice {
  title: string
  text: string
  /** The author's address; not asked of members, whose account has one. */
  email: string
  picture?: Buffer | undefined
}

/** Who writes without an account; with the answer to a proof of work, where the browser gave one. */
export interface Stranger {
  from: ClientAddress
  proof?: string | undefined
}

/** Who posts a notice: a member by the number of the account, or a stranger. */
export interface Author extends Stranger {
  account?: string | undefined
  language: Language
}

/** What one member posts, and what one network does: more where the browser has worked, which costs robots too much. */
const RATES = [{ acts: 10, seconds: 3600 }]
const UNPROVEN_RATES = [{ acts: 2, seconds: 3600 }]

/** E-mails that one person may be sent by what strangers do here, by address or notice. */
const RECEIVED = [{ acts: 30, seconds: 24 * 3600 }]

const PICTURE = { width: 1024, height: 1024, fit: 'within' } as const

interface NoticesNeeds {
  db: Kysely<BoardTables>
  platform: Platform
  pictures: KeptPictures
  /** Days for which a notice is shown. */
  days: number
}

/** Notices: posted, confirmed, read, answered and deleted. */
export class Notices {
  readonly #needs: NoticesNeeds

  constructor(needs: NoticesNeeds) {
    this.#needs = needs
  }

  /**
   * Posts a notice. A member's is shown at once; a stranger's once the link in the e-mail was followed, so that no one
   * puts another person's address on the board.
   *
   * @throws Refusal naming each field that is wrong; `too-many-acts`, `content-denied`
   */
  async post(written: WrittenNotice, author: Author): Promise<{ id: string; isShown: boolean }> {
    const { db, platform, pictures, days } = this.#needs
    const { account, from, language } = author
    const own = account === undefined ? undefined : (await platform.identity.mailboxesOf({ account }))[0]
    const { title, text, email } = readFields({
      title: () => readLine(written.title, { longest: 100 }) || fail('no-title'),
      text: () => readText(written.text, { longest: 4000 }) || fail('no-text'),
      email: () => own?.address ?? readMailbox(written.email),
    })
    // Cheap refusals come before the picture is drawn.
    await platform.blockList.admit({ service: 'board', from, hash: hashOf(title, text) })
    if (account === undefined) {
      await this.#admitStranger('board.post', author)
      await platform.rates.admit('board.posted', `mailbox ${email.toLowerCase()}`, RECEIVED)
    } else await platform.rates.admit('board.post', `account ${account}`, RATES)
    const key = written.picture && (await pictures.keep(written.picture, PICTURE))

    const id = randomBytes(6).toString('base64url')
    const secret = randomBytes(16).toString('base64url')
    const isShown = own !== undefined
    await db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('notice')
        .values({
          id,
          title,
          text,
          account: account ?? null,
          email,
          language,
          token_hash: this.#tokenHash(secret),
          state: isShown ? 'shown' : 'unconfirmed',
          ends_at: Temporal.Now.instant()
            .add({ hours: days * 24 })
            .toString(),
        })
        .execute()
      if (key) await pictures.name(transaction, 'notice', id, key)
      await platform.auditTrail.record(transaction, { service: 'board', content: id, act: 'made', from, account })
      await platform.figures.count(transaction, { 'board.posted': 1 })
      const say = words.in(language)
      await platform.mail.send(transaction, {
        to: email,
        language,
        subject: say('mail.posted-subject', { title }),
        paragraphs: [say(isShown ? 'mail.posted-shown' : 'mail.posted-confirm'), say('mail.posted-delete')],
        action: { label: say('mail.posted-act'), url: platform.addresses.of('board', `/gerer/${secret}`) },
      })
    })
    return { id, isShown }
  }

  /** The notices that are shown, the newest first, 100 at most. */
  async list(): Promise<Notice[]> {
    const shown = this.#needs.db.selectFrom('notice').selectAll().where('state', '=', 'shown')
    return shown.orderBy('made_at', 'desc').limit(100).execute()
  }

  /** @throws Refusal `unknown-notice`, `hidden`, `removed` */
  async find(id: string): Promise<Notice> {
    const notice = await this.#needs.db.selectFrom('notice').selectAll().where('id', '=', id).executeTakeFirst()
    if (!notice || notice.state === 'unconfirmed') throw refuse('unknown-notice')
    if (notice.state !== 'shown') throw refuse(notice.state)
    return notice
  }

  /**
   * The notice that a management address opens. What moderators hold is not for its author to change.
   *
   * @throws Refusal `unknown-notice`, `hidden`, `removed`
   */
  async ofSecret(secret: string): Promise<Notice> {
    const hash = this.#tokenHash(secret)
    const notice = await this.#needs.db
      .selectFrom('notice')
      .selectAll()
      .where('token_hash', '=', hash)
      .executeTakeFirst()
    if (!notice) throw refuse('unknown-notice')
    if (notice.state === 'hidden' || notice.state === 'removed') throw refuse(notice.state)
    return notice
  }

  /** Shows a notice whose author has confirmed the address; safe to do twice. */
  async confirm({ id }: Notice): Promise<void> {
    const { db } = this.#needs
    await db
      .updateTable('notice')
      .set({ state: 'shown' })
      .where('id', '=', id)
      .where('state', '=', 'unconfirmed')
      .execute()
  }

  async delete({ id }: Pick<Notice, 'id'>, by: Partial<Author>): Promise<void> {
    const { db, platform } = this.#needs
    await db.transaction().execute(async (transaction) => {
      const gone = await transaction.deleteFrom('notice').where('id', '=', id).returningAll().executeTakeFirst()
      if (!gone) return
      await freeBlobs(transaction, gone.picture ? [gone.picture] : [])
      await platform.auditTrail.record(transaction, { service: 'board', content: id, act: 'removed', ...by })
    })
  }

  /**
   * Relays an answer to the author by e-mail. Neither sees the other's address on a page: the author's mail program
   * answers to the visitor.
   *
   * @throws Refusal naming each field that is wrong; `too-many-acts`, `content-denied`, and what `find` throws
   */
  async answer(id: string, written: { text: string; email: string }, visitor: Stranger): Promise<void> {
    const { db, platform } = this.#needs
    const notice = await this.find(id)
    const { text, email } = readFields({
      text: () => readText(written.text, { longest: 4000 }) || fail('no-text'),
      email: () => readMailbox(written.email),
    })
    await platform.blockList.admit({ service: 'board', from: visitor.from })
    await this.#admitStranger('board.answer', visitor)
    await platform.rates.admit('board.answered', `notice ${id}`, RECEIVED)
    const say = words.in(notice.language)
    await db.transaction().execute(async (transaction) => {
      await platform.figures.count(transaction, { 'board.answered': 1 })
      await platform.mail.send(transaction, {
        to: notice.email,
        replyTo: email,
        language: notice.language,
        subject: say('mail.answer-subject', { title: notice.title }),
        paragraphs: [say('mail.answer-text'), text],
      })
    })
  }

  /** @throws Refusal `too-many-acts` */
  async #admitStranger(what: string, { from, proof = '' }: Stranger): Promise<void> {
    const { proofOfWork, rates } = this.#needs.platform
    const isProven = await proofOfWork.accept(proof)
    if (isProven) await rates.admit(what, from.address, RATES)
    else await rates.admit(`${what}-unproven`, from.address, UNPROVEN_RATES)
  }

  #tokenHash(secret: string): Buffer {
    return this.#needs.platform.key.keyedHash('board management', secret)
  }
}

/** Names what a notice says, to recognise it when it comes again. */
export function hashOf(title: string, text: string): Buffer {
  return createHash('sha256').update(`${title}\n${text}`).digest()
}

function readMailbox(written: string): string {
  const email = readLine(written, { longest: 254 })
  return isMailbox(email) ? email : fail('email-invalid')
}

function fail(code: Parameters<typeof refuse>[0]): never {
  throw refuse(code)
}

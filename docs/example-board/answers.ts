import type { Kysely } from 'kysely'
import type { ClientAddress } from '../../src/platform/http/from.ts'
import type { Rate } from '../../src/platform/limits/rates.ts'
import { isMailbox } from '../../src/platform/mail/mailbox.ts'
import type { Platform } from '../../src/platform/platform.ts'
import { readFields } from '../../src/platform/refusals.ts'
import { readMessage, type Notices } from './notices.ts'
import { refuse } from './refusals.ts'
import type { BoardTables } from './tables.ts'
import { words } from './words.ts'

/** Answers that one network may send: more for a browser that has worked for it, which costs robots too much. */
const PROVEN_RATES: Rate[] = [{ acts: 10, seconds: 3600 }]
const UNPROVEN_RATES: Rate[] = [{ acts: 2, seconds: 3600 }]

/** Answers that one notice may bring its author. */
const RECEIVED_RATES: Rate[] = [{ acts: 30, seconds: 24 * 3600 }]

/** An answer as a visitor wrote it. */
export interface WrittenAnswer {
  text: string
  /** Where the author writes back. */
  email: string
  /** What the browser sends for its proof of work. */
  proof: string
}

interface AnswersNeeds {
  db: Kysely<BoardTables>
  platform: Platform
  notices: Notices
}

/** Answers to notices: e-mails to their authors, kept nowhere here. */
export class Answers {
  readonly #needs: AnswersNeeds

  constructor(needs: AnswersNeeds) {
    this.#needs = needs
  }

  /**
   * Sends the author of a notice what a visitor answers. The visitor never learns the author's address.
   *
   * @throws Refusal `email-invalid`, `no-text`, `too-many-acts`, `content-denied`, `no-mailbox`, those of `Notices.get`
   */
  async send(id: string, written: WrittenAnswer, from: ClientAddress): Promise<void> {
    const { db, platform, notices } = this.#needs
    const { title, author } = await notices.get(id)
    const { text, email } = readFields({
      text: () => readMessage(written.text),
      email: () => readEmail(written.email),
    })
    await platform.blockList.admit({ service: 'board', from })
    const isProven = await platform.proofOfWork.accept(written.proof)
    await platform.rates.admit(
      isProven ? 'board.answer' : 'board.unproven-answer',
      from.address,
      isProven ? PROVEN_RATES : UNPROVEN_RATES,
    )
    await platform.rates.admit('board.answered', `notice ${id}`, RECEIVED_RATES)
    const [mailbox] = author === null ? [] : await platform.identity.mailboxesOf({ account: author })
    if (!mailbox) throw refuse('no-mailbox')
    const language = mailbox.language ?? platform.config.language
    const say = words.in(language)
    await db.transaction().execute(async (transaction) => {
      await platform.figures.count(transaction, { 'board.answers': 1 })
      await platform.mail.send(transaction, {
        to: mailbox.address,
        replyTo: email,
        language,
        subject: say('mail.subject', { title }),
        paragraphs: [say('mail.intro', { title }), text, say('mail.reply')],
        action: { label: say('mail.act'), url: platform.addresses.of('board', `/notices/${id}`) },
      })
    })
  }
}

function readEmail(written: string): string {
  const email = written.trim()
  if (!isMailbox(email)) throw refuse('email-invalid')
  return email
}

import { sql, type Kysely } from 'kysely'
import type { Identity, Mailbox } from '../../platform/access/identity.ts'
import type { Addresses } from '../../platform/addresses.ts'
import type { OrganisationProfile } from '../../platform/organisation-profile.ts'
import { isLanguage, type Language } from '../../platform/language/languages.ts'
import type { Email } from '../../platform/mail/email.ts'
import type { Mail } from '../../platform/mail/mail.ts'
import { appealAddress } from '../../platform/moderation/addresses.ts'
import { CATEGORY_NAMES, type Category } from '../../platform/moderation/categories.ts'
import type { Verdict } from '../../platform/moderation/moderation.ts'
import type { ModeratedContent } from '../../platform/moderation/moderated.ts'
import type { Contents } from './contents.ts'
import type { DeskTables } from './tables.ts'
import { words } from './words.ts'

/** Maximum number of contents that one e-mail lists. */
const MOST_NAMED = 20

interface ModerationEmailsNeeds {
  db: Kysely<DeskTables>
  contents: Contents
  mail: Mail
  identity: () => Identity
  addresses: Addresses
  association: OrganisationProfile
  language: Language
}

/** The e-mails of moderation: receipts, decisions with their reasons, and access to evidence. */
export class ModerationEmails {
  readonly #needs: ModerationEmailsNeeds

  constructor(needs: ModerationEmailsNeeds) {
    this.#needs = needs
  }

  /** Sends a receipt. It repeats nothing of the report: any visitor can enter another person's address in the form. */
  async acknowledge(
    db: Kysely<DeskTables>,
    { to, language, reference, isAppeal }: { to: string; language: Language; reference: string; isAppeal: boolean },
  ): Promise<void> {
    const say = words.in(language)
    await this.#needs.mail.send(db, {
      to,
      language,
      subject: say(isAppeal ? 'emails.appeal-subject' : 'emails.received-subject', { reference }),
      paragraphs: [say('emails.received-text', { reference }), say('emails.received-after')],
    })
  }

  /** The mailboxes of the board. Read before a transaction begins, which must not wait for another connection. */
  async board(): Promise<readonly Mailbox[]> {
    return this.#needs.identity().mailboxesOf({ role: 'board' })
  }

  async emailBoard(
    db: Kysely<DeskTables>,
    board: readonly Mailbox[],
    { isGiven, ...opening }: { service: string; content: string; asker: string; reason: string; isGiven: boolean },
  ): Promise<void> {
    for (const { address, language = this.#needs.language } of board) {
      const say = words.in(language)
      await this.#needs.mail.send(db, {
        to: address,
        language,
        subject: say(isGiven ? 'emails.opened-subject' : 'emails.asked-subject'),
        paragraphs: [
          say(isGiven ? 'emails.opened-text' : 'emails.asked-text', opening),
          say('emails.opened-reason', opening),
        ],
      })
    }
  }

  /** Notifies authors and reporters of a decision, once, unless it was undone. */
  async tell(id: number): Promise<void> {
    const { db, mail } = this.#needs
    const { rows } = await sql<Told>`
      select decision.id, service, decision.decision, decision.category, reason, changed from desk.decision join desk.item on item.id = decision.item
      where decision.id = ${id} and told_at is null and undone_at is null`.execute(db)
    const [decision] = rows
    if (!decision) return
    const emails = [...(await this.#toReporters(decision)), ...(await this.#toAuthors(decision))]
    await db.transaction().execute(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('decision')
        .set({ told_at: Temporal.Now.instant().toString() })
        .where('id', '=', id)
        .where('told_at', 'is', null)
        .where('undone_at', 'is', null)
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) return
      for (const email of emails) await mail.send(transaction, email)
    })
  }

  /** A content that is only set aside has no final decision: reporters get no answer yet. */
  async #toReporters({ id, decision, category, reason }: Told): Promise<Email[]> {
    const reporters = await this.#needs.db
      .selectFrom('report')
      .select(['email', 'language', 'reference', 'is_appeal as isAppeal'])
      .distinctOn('reference')
      .where('settled_by', '=', id)
      .where('email', 'is not', null)
      .execute()
    return reporters.map(({ email, language: written, reference, isAppeal }) => {
      const language = isLanguage(written) ? written : this.#needs.language
      const say = words.in(language)
      const values = { reference, reason, category: CATEGORY_NAMES[category][language] }
      const kept = isAppeal ? 'emails.appeal-kept' : 'emails.decided-keep'
      const removed = isAppeal ? 'emails.appeal-removed' : 'emails.decided-remove'
      return {
        to: email ?? '',
        language,
        subject: say('emails.decided-subject', values),
        paragraphs: [say(decision === 'keep' ? kept : removed, values), say('emails.because', values)],
      }
    })
  }

  /**
   * The e-mails to the authors whose contents change state now, when they have an account or left an address: the
   * decision, its reason, and how to appeal (DSA, article 17).
   */
  async #toAuthors(decision: Told): Promise<Email[]> {
    const { contents, identity } = this.#needs
    const seen = [...(await contents.of(decision.service).look(decision.changed)).values()]
    const emails: Email[] = []
    for (const theirs of Map.groupBy(seen, ({ author, mailbox }) => author ?? mailbox?.address).values()) {
      const [first] = theirs
      const mailboxes = first?.author
        ? await identity().mailboxesOf({ account: first.author })
        : [first?.mailbox ?? []].flat()
      emails.push(...mailboxes.map((one) => this.#toAuthor(one, theirs, decision)))
    }
    return emails
  }

  #toAuthor(
    { address, language = this.#needs.language }: Mailbox,
    theirs: readonly ModeratedContent[],
    { decision, category, reason }: Told,
  ): Email {
    const say = words.in(language)
    const values = { count: theirs.length, reason, category: CATEGORY_NAMES[category][language] }
    const named = theirs.slice(0, MOST_NAMED)
    const urls = named.map((one) => one.address).join('\n')
    const appeal = decision === 'keep' ? undefined : appealAddress(this.#needs.addresses, urls)
    return {
      to: address,
      language,
      subject: say(`emails.${decision}-subject`, values),
      paragraphs: [
        say(`emails.${decision}-text`, values),
        ...named.map((one) => (one.title ? `${one.title} – ${one.address}` : one.address)),
        ...(theirs.length > named.length ? [say('emails.and-more', { count: theirs.length - named.length })] : []),
        say('emails.because', values),
        ...(appeal ? [say('emails.appeal-text')] : []),
      ],
      ...(appeal && { action: { label: say('emails.appeal-act'), url: appeal } }),
    }
  }
}

/** The details of a decision for its e-mails. */
interface Told {
  id: number
  service: string
  decision: Verdict
  category: Category
  reason: string
  changed: string[]
}

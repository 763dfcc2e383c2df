import type { Kysely } from 'kysely'
import type { Identity, Mailbox } from '../../platform/access/identity.ts'
import type { Addresses } from '../../platform/addresses.ts'
import type { Association } from '../../platform/association.ts'
import { isLanguage, type Language } from '../../platform/language/languages.ts'
import type { Mail } from '../../platform/mail/mail.ts'
import { CATEGORY_NAMES } from '../../platform/moderation/categories.ts'
import type { Contents } from './contents.ts'
import type { DeskTables } from './tables.ts'
import { words } from './words.ts'

interface LettersNeeds {
  db: Kysely<DeskTables>
  contents: Contents
  mail: Mail
  identity: () => Identity
  addresses: Addresses
  association: Association
  language: Language
}

/** What the desk writes to people: that a report came, what was decided and why, who opened evidence. */
export class Letters {
  readonly #needs: LettersNeeds

  constructor(needs: LettersNeeds) {
    this.#needs = needs
  }

  /** Nothing of what was reported is repeated: anybody can write anybody's address into a form. */
  async acknowledge(db: Kysely<DeskTables>, { to, language, reference }: { to: string; language: Language; reference: string }): Promise<void> {
    const say = words.in(language)
    await this.#needs.mail.send(db, {
      to,
      language,
      subject: say('letters.received-subject', { reference }),
      paragraphs: [say('letters.received-text', { reference }), say('letters.received-after')],
    })
  }

  async tellBoard(
    db: Kysely<DeskTables>,
    { isGiven, ...opening }: { service: string; content: string; asker: string; reason: string; isGiven: boolean },
  ): Promise<void> {
    for (const { address, language } of await this.#needs.identity().mailboxesOf({ role: 'board' })) {
      const say = words.in(language ?? this.#needs.language)
      await this.#needs.mail.send(db, {
        to: address,
        language: language ?? this.#needs.language,
        subject: say('letters.opened-subject'),
        paragraphs: [say(isGiven ? 'letters.opened-text' : 'letters.asked-text', opening), say('letters.opened-reason', opening)],
      })
    }
  }

  /** Tells author and reporters of a decision, unless it was taken back meanwhile. Told once, however often it is asked for. */
  async tell(id: number): Promise<void> {
    const { db } = this.#needs
    await db.transaction().execute(async (transaction) => {
      const row = await transaction
        .selectFrom('decision')
        .innerJoin('item', 'item.id', 'decision.item')
        .selectAll('decision')
        .select(['service', 'content'])
        .where('decision.id', '=', id)
        .where('undone_at', 'is', null)
        .forUpdate()
        .executeTakeFirst()
      if (!row || row.decision === 'hide') return
      const reporters = await transaction
        .selectFrom('report')
        .select(['email', 'language', 'reference', 'is_appeal'])
        .where('item', '=', row.item)
        .where('settled_at', '=', row.decided_at)
        .where('email', 'is not', null)
        .execute()
      for (const { email, language, reference } of reporters) {
        const own = isLanguage(language) ? language : this.#needs.language
        const say = words.in(own)
        const values = { reference, reason: row.reason, category: CATEGORY_NAMES[row.category][own] }
        await this.#needs.mail.send(transaction, {
          to: email ?? '',
          language: own,
          subject: say('letters.decided-subject', values),
          paragraphs: [say(`letters.decided-${row.decision}`, values), say('letters.because', values)],
        })
      }
      // Whose content was only looked at, and stands as it stood, need not hear of it.
      if (row.decision === 'keep' && row.stood === 'shown') return
      for (const mailbox of await this.#authors(row.service, row.content)) await this.#tellAuthor(transaction, mailbox, row)
    })
  }

  async #authors(service: string, content: string): Promise<readonly Mailbox[]> {
    const { author } = await this.#needs.contents.see({ service, content })
    return author === null ? [] : this.#needs.identity().mailboxesOf({ account: author })
  }

  async #tellAuthor(
    db: Kysely<DeskTables>,
    { address, language: own }: Mailbox,
    row: { decision: 'keep' | 'hide' | 'remove'; category: keyof typeof CATEGORY_NAMES; reason: string; service: string; content: string; changed: string[] },
  ): Promise<void> {
    const { mail, contents, addresses } = this.#needs
    const language = own ?? this.#needs.language
    const say = words.in(language)
    const { address: url, title } = await contents.see(row)
    const values = { what: title ?? url, url, reason: row.reason, category: CATEGORY_NAMES[row.category][language], count: row.changed.length }
    const isDown = row.decision === 'remove'
    await mail.send(db, {
      to: address,
      language,
      subject: say(isDown ? 'letters.removed-subject' : 'letters.restored-subject').slice(0, 150),
      paragraphs: [
        say(isDown ? 'letters.removed-text' : 'letters.restored-text', values),
        say('letters.because', values),
        ...(isDown ? [say('letters.removed-appeal')] : []),
      ],
      ...(isDown && { action: { label: say('letters.appeal-act'), url: addresses.of('desk', `/contester?url=${encodeURIComponent(url)}`) } }),
    })
  }
}

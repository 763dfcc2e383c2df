import { sql, type Kysely } from 'kysely'
import type { Identity } from '../../platform/access/identity.ts'
import type { Addresses } from '../../platform/addresses.ts'
import type { Association } from '../../platform/association.ts'
import { isLanguage, type Language } from '../../platform/language/languages.ts'
import type { Mail } from '../../platform/mail/mail.ts'
import { appealAddress } from '../../platform/moderation/addresses.ts'
import { CATEGORY_NAMES, type Category } from '../../platform/moderation/categories.ts'
import type { Verdict } from '../../platform/moderation/desk.ts'
import type { Contents } from './contents.ts'
import type { DeskTables } from './tables.ts'
import { words } from './words.ts'

/** Contents that one letter names. */
const MOST_NAMED = 20

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
  async acknowledge(
    db: Kysely<DeskTables>,
    { to, language, reference, isAppeal }: { to: string; language: Language; reference: string; isAppeal: boolean },
  ): Promise<void> {
    const say = words.in(language)
    await this.#needs.mail.send(db, {
      to,
      language,
      subject: say(isAppeal ? 'letters.appeal-subject' : 'letters.received-subject', { reference }),
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
        subject: say(isGiven ? 'letters.opened-subject' : 'letters.asked-subject'),
        paragraphs: [say(isGiven ? 'letters.opened-text' : 'letters.asked-text', opening), say('letters.opened-reason', opening)],
      })
    }
  }

  /** Tells authors and reporters of a decision, unless it was taken back meanwhile. Told once, however often it is asked for. */
  async tell(id: number): Promise<void> {
    await this.#needs.db.transaction().execute(async (db) => {
      const { rows } = await sql<Told>`
        update desk.decision set told_at = now() from desk.item
        where decision.id = ${id} and told_at is null and undone_at is null and item.id = decision.item
        returning decision.id, service, decision.decision, decision.category, reason, changed`.execute(db)
      const [decision] = rows
      if (!decision) return
      await this.#tellReporters(db, decision)
      await this.#tellAuthors(db, decision)
    })
  }

  async #tellReporters(db: Kysely<DeskTables>, { id, decision, category, reason }: Told): Promise<void> {
    // What is only set aside is not settled: nobody has an answer yet.
    const reporters = await db
      .selectFrom('report')
      .select(['email', 'language', 'reference', 'is_appeal as isAppeal'])
      .distinctOn('reference')
      .where('settled_by', '=', id)
      .where('email', 'is not', null)
      .execute()
    for (const { email, language, reference, isAppeal } of reporters) {
      const own = isLanguage(language) ? language : this.#needs.language
      const say = words.in(own)
      const values = { reference, reason, category: CATEGORY_NAMES[category][own] }
      await this.#needs.mail.send(db, {
        to: email ?? '',
        language: own,
        subject: say('letters.decided-subject', values),
        paragraphs: [
          say(
            decision === 'keep' ? (isAppeal ? 'letters.appeal-kept' : 'letters.decided-keep') : isAppeal ? 'letters.appeal-removed' : 'letters.decided-remove',
            values,
          ),
          say('letters.because', values),
        ],
      })
    }
  }

  /** Each author whose contents stand otherwise now hears what was done, why, and how to say something against it (DSA, article 17). */
  async #tellAuthors(db: Kysely<DeskTables>, { service, decision, category, reason, changed }: Told): Promise<void> {
    const { mail, contents, identity, addresses } = this.#needs
    const seen = [...(await contents.of(service).look(changed)).values()]
    for (const [author, theirs] of Map.groupBy(seen, (one) => one.author)) {
      for (const { address, language: own } of author === null ? [] : await identity().mailboxesOf({ account: author })) {
        const language = own ?? this.#needs.language
        const say = words.in(language)
        const values = { count: theirs.length, reason, category: CATEGORY_NAMES[category][language] }
        const named = theirs.slice(0, MOST_NAMED).map((one) => (one.title ? `${one.title} – ${one.address}` : one.address))
        const appeal =
          decision === 'keep'
            ? undefined
            : appealAddress(
                addresses,
                theirs
                  .slice(0, MOST_NAMED)
                  .map((one) => one.address)
                  .join('\n'),
              )
        await mail.send(db, {
          to: address,
          language,
          subject: say(`letters.${decision}-subject`, values),
          paragraphs: [
            say(`letters.${decision}-text`, values),
            ...named,
            ...(theirs.length > named.length ? [say('letters.and-more', { count: theirs.length - named.length })] : []),
            say('letters.because', values),
            ...(appeal ? [say('letters.appeal-text')] : []),
          ],
          ...(appeal && { action: { label: say('letters.appeal-act'), url: appeal } }),
        })
      }
    }
  }
}

/** A decision, as far as it is told. */
interface Told {
  id: number
  service: string
  decision: Verdict
  category: Category
  reason: string
  changed: string[]
}

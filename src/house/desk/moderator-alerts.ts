import { sql, type Kysely } from 'kysely'
import type { Identity } from '../../platform/access/identity.ts'
import type { Addresses } from '../../platform/addresses.ts'
import type { Language } from '../../platform/language/languages.ts'
import type { Mail } from '../../platform/mail/mail.ts'
import type { DeskTables } from './tables.ts'
import { GRAVE } from './urgency.ts'
import { words } from './words.ts'

/** Hours before an alert about a content that is not grave. */
const ALERT_AFTER = 4

interface ModeratorAlertsNeeds {
  db: Kysely<DeskTables>
  mail: Mail
  identity: () => Identity
  addresses: Addresses
  language: Language
}

/** Alerts moderators to waiting contents: within minutes to grave ones, after some hours to the others. */
export class ModeratorAlerts {
  readonly #needs: ModeratorAlertsNeeds

  constructor(needs: ModeratorAlertsNeeds) {
    this.#needs = needs
  }

  /** Sends one e-mail for all waiting contents without an alert; to the administrators when there is no moderator. */
  async look(): Promise<void> {
    const { db, mail, identity, addresses } = this.#needs
    const moderators = await identity().mailboxesOf({ role: 'moderator' })
    const mailboxes = moderators.length > 0 ? moderators : await identity().mailboxesOf({ role: 'admin' })
    if (mailboxes.length === 0) return
    await db.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ is_grave: boolean }>`
        with uncalled as (select id, urgency, opened_at from desk.item where is_open and not is_set_aside and called_at is null for update skip locked)
        update desk.item set called_at = now() from uncalled
        where item.id = uncalled.id and exists (select from uncalled where urgency >= ${GRAVE} or opened_at < now() - ${ALERT_AFTER} * interval '1 hour')
        returning item.urgency >= ${GRAVE} as is_grave`.execute(transaction)
      if (rows.length === 0) return
      for (const { address, language = this.#needs.language } of mailboxes) {
        const say = words.in(language)
        const grave = rows.filter((row) => row.is_grave).length
        await mail.send(transaction, {
          to: address,
          language,
          subject: say('emails.call-subject', { count: rows.length }),
          // The e-mail quotes nothing of the report, which may contain anything.
          paragraphs: [
            say('emails.call-text', { count: rows.length }),
            ...(grave > 0 ? [say('emails.call-grave', { count: grave })] : []),
          ],
          action: { label: say('emails.call-act'), url: addresses.of('desk', '/file') },
        })
      }
    })
  }
}

import type { Kysely } from 'kysely'
import { ROLE_NAMES, type Role } from '../../platform/access/roles.ts'
import type { Addresses } from '../../platform/addresses.ts'
import type { OrganisationProfile } from '../../platform/organisation-profile.ts'
import { isLanguage, type Language } from '../../platform/language/languages.ts'
import type { Mail } from '../../platform/mail/mail.ts'
import type { Account } from './accounts.ts'
import type { IdentityTables, ExpiryStage } from './tables.ts'
import { words } from './words.ts'

interface AccountEmailsNeeds {
  db: Kysely<IdentityTables>
  mail: Mail
  addresses: Addresses
  association: OrganisationProfile
  language: Language
  /** Address of the page for joining and renewing; empty when none is configured. */
  join: string
  /** Formats a day in the language of the account. */
  formatDay: (day: Temporal.PlainDate, account: Account) => string
}

/** The contents of an e-mail about a membership that ends. */
interface MembershipTold {
  stage: ExpiryStage
  /** The last day of the membership. */
  until: Temporal.PlainDate
  /** Whether that day is over. */
  isPast: boolean
  /** The day on which the account will be suspended; undefined when nothing more happens. */
  restsOn: Temporal.PlainDate | undefined
  /** Formatted; present when the account is closing. */
  erasedOn?: string
}

/** Sends the e-mails of this service, each in the recipient's language and in the transaction of its subject. */
export class AccountEmails {
  readonly #needs: AccountEmailsNeeds

  constructor(needs: AccountEmailsNeeds) {
    this.#needs = needs
  }

  async invite(db: Kysely<IdentityTables>, to: string, language: Language, secret: string, by: string): Promise<void> {
    const say = words.in(language)
    const values = { house: this.#needs.association.name, by }
    await this.#needs.mail.send(db, {
      to,
      language,
      subject: say('emails.invitation-subject', values),
      paragraphs: [
        say(by ? 'emails.invitation-by' : 'emails.invitation-text', values),
        say('emails.invitation-how'),
        say('emails.invitation-days'),
      ],
      action: {
        label: say('emails.invitation-act'),
        url: this.#needs.addresses.of('identity', `/invitation/${secret}`),
      },
    })
  }

  /** To a person who already has an account, where they accept or decline. */
  async inviteToOrganisation(
    db: Kysely<IdentityTables>,
    account: Account,
    values: { organisation: string; by: string },
  ): Promise<void> {
    await this.#to(db, account, (say) => ({
      subject: say('emails.organisation-subject', values),
      paragraphs: [say('emails.organisation-text', values), say('emails.organisation-not')],
      action: {
        label: say('emails.organisation-act'),
        url: this.#needs.addresses.of('identity', '/compte/organisations'),
      },
    }))
  }

  async resetPassword(db: Kysely<IdentityTables>, account: Account, secret: string): Promise<void> {
    await this.#to(db, account, (say) => ({
      subject: say('emails.reset-subject'),
      paragraphs: [say('emails.reset-text', { login: account.login }), say('emails.reset-minutes')],
      action: { label: say('emails.reset-act'), url: this.#needs.addresses.of('identity', `/recovery/${secret}`) },
    }))
  }

  async verifyAddress(db: Kysely<IdentityTables>, account: Account, address: string, secret: string): Promise<void> {
    const language = this.#languageOf(account)
    const say = words.in(language)
    await this.#needs.mail.send(db, {
      to: address,
      language,
      subject: say('emails.address-subject'),
      paragraphs: [say('emails.address-text', { login: account.login })],
      action: { label: say('emails.address-act'), url: this.#needs.addresses.of('identity', `/adresse/${secret}`) },
    })
  }

  /** Reports a security change to the owner of the account, who can react if they did not make it. */
  async emailChange(
    db: Kysely<IdentityTables>,
    account: Account,
    what: 'device' | 'factor' | 'password' | 'address' | 'attempts',
    detail = '',
  ): Promise<void> {
    await this.#to(db, account, (say) => ({
      subject: say(`emails.${what}-changed-subject`),
      paragraphs: [say(`emails.${what}-changed-text`, { detail }), say('emails.not-you')],
      action: { label: say('emails.look'), url: this.#needs.addresses.of('identity', '/compte/appareils') },
    }))
  }

  async emailRecovery(db: Kysely<IdentityTables>, account: Account, secret: string): Promise<void> {
    await this.#to(db, account, (say) => ({
      subject: say('emails.vouched-subject'),
      paragraphs: [say('emails.vouched-text'), say('emails.vouched-not-you')],
      action: { label: say('emails.vouched-act'), url: this.#needs.addresses.of('identity', `/recovery/${secret}`) },
    }))
  }

  async emailClosing(db: Kysely<IdentityTables>, account: Account, on: string): Promise<void> {
    await this.#to(db, account, (say) => ({
      subject: say('emails.closing-subject'),
      paragraphs: [say('emails.closing-text', { on }), say('emails.closing-undo')],
      action: { label: say('emails.closing-act'), url: this.#needs.addresses.of('identity', '/compte/donnees') },
    }))
  }

  /** Tells a person that their membership ends or has ended, what happens next, and how to renew. */
  async emailMembership(
    db: Kysely<IdentityTables>,
    account: Account,
    { stage, until, isPast, restsOn, erasedOn = '' }: MembershipTold,
  ): Promise<void> {
    const { association, addresses, join, formatDay } = this.#needs
    const values = {
      house: association.name,
      on: formatDay(until, account),
      restsOn: restsOn ? formatDay(restsOn, account) : '',
      erasedOn,
    }
    const end = isPast ? 'ended' : 'ends'
    const isDone = stage === 'suspended' || stage === 'reminded' || stage === 'closing'
    await this.#to(db, account, (say) => ({
      subject: say(`emails.membership-${isDone ? stage : end}-subject`, values),
      paragraphs: [
        say(`emails.membership-${end}-text`, values),
        say(`emails.membership-${isDone ? stage : restsOn ? 'suspend' : 'tell'}-next`, values),
      ],
      action:
        stage === 'closing'
          ? { label: say('emails.closing-act'), url: addresses.of('identity', '/compte/donnees') }
          : { label: say('emails.membership-act'), url: join || addresses.portal() },
    }))
  }

  /** The reason for which an expired member's account is suspended, as administrators read it. */
  get suspensionReason(): string {
    return words.in(this.#needs.language)('emails.membership-reason')
  }

  /** Tells the board that a person was granted a powerful role. */
  async emailBoard(db: Kysely<IdentityTables>, account: string, role: Role): Promise<void> {
    const board = await db
      .selectFrom('role_grant')
      .innerJoin('account', 'account.id', 'role_grant.account')
      .innerJoin('email', (join) => join.onRef('email.account', '=', 'account.id').on('is_primary', '=', true))
      .select(['email.address', 'account.language'])
      .where('role', '=', 'board')
      .where('account.state', '=', 'active')
      .execute()
    const who = await db.selectFrom('account').select('name').where('id', '=', account).executeTakeFirst()
    for (const { address, language: own } of board) {
      const language = isLanguage(own) ? own : this.#needs.language
      const say = words.in(language)
      const values = { name: who?.name ?? '', role: ROLE_NAMES[role][language] }
      await this.#needs.mail.send(db, {
        to: address,
        language,
        subject: say('emails.role-subject', values),
        paragraphs: [say('emails.role-text', values)],
      })
    }
  }

  async #to(
    db: Kysely<IdentityTables>,
    account: Account,
    write: (say: ReturnType<typeof words.in>) => {
      subject: string
      paragraphs: string[]
      action: { label: string; url: string }
    },
  ): Promise<void> {
    if (!account.email) return
    const language = this.#languageOf(account)
    await this.#needs.mail.send(db, { to: account.email, language, ...write(words.in(language)) })
  }

  #languageOf({ language }: Account): Language {
    return isLanguage(language) ? language : this.#needs.language
  }
}

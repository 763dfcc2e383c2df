import type { Kysely } from 'kysely'
import type { HousePlatform } from '../../platform/platform.ts'
import { Accounts, type Account } from './accounts.ts'
import { SecurityLog } from './security-log.ts'
import { Invitations } from './invitations.ts'
import { MembershipExpiry } from './membership-expiry.ts'
import { AccountClosure, ownPersonalData } from './account-closure.ts'
import { AccountEmails } from './emails.ts'
import { Lockout } from './lockout.ts'
import { Applications } from './openid/applications.ts'
import { OpenId } from './openid/openid.ts'
import { SigningOut } from './openid/signing-out.ts'
import { providerPages } from './pages/provider-pages.tsx'
import { OrganisationInvitations } from './organisation-invitations.ts'
import { Organisations } from './organisations.ts'
import { AppPasswords } from './proofs/app-passwords.ts'
import { Codes } from './proofs/codes.ts'
import { Passkeys } from './proofs/passkeys.ts'
import { Passwords } from './proofs/passwords.ts'
import { Tokens } from './proofs/tokens.ts'
import { Pictures } from './pictures.ts'
import { Recovery } from './recovery.ts'
import { Roles } from './roles.ts'
import { Sessions } from './sessions.ts'
import { SignIn } from './sign-in.ts'
import type { IdentityTables } from './tables.ts'
import { Tickets } from './tickets.ts'
import { Reader } from '../../platform/language/reader.ts'
import { isLanguage } from '../../platform/language/languages.ts'
import type { PersonalData } from '../../platform/access/personal-data.ts'

/** The opened state of this service, which its routes, jobs and commands share. */
export interface IdentityContext {
  platform: HousePlatform
  db: Kysely<IdentityTables>
  accounts: Accounts
  roles: Roles
  organisations: Organisations
  invitations: Invitations
  organisationInvitations: OrganisationInvitations
  recovery: Recovery
  passwords: Passwords
  codes: Codes
  passkeys: Passkeys
  appPasswords: AppPasswords
  tokens: Tokens
  sessions: Sessions
  tickets: Tickets
  lockout: Lockout
  emails: AccountEmails
  securityLog: SecurityLog
  signIn: SignIn
  accountClosure: AccountClosure
  membershipExpiry: MembershipExpiry
  pictures: Pictures
  personalData: PersonalData
  openId: OpenId
  applications: Applications
  signingOut: SigningOut
}

/** Opens the accounts service. */
export function openContext(platform: HousePlatform): IdentityContext {
  const {
    database,
    key,
    pubsub,
    today,
    isRelaxed,
    addresses,
    association,
    config,
    log,
    blobs,
    mail,
    services,
    running,
    jobs,
  } = platform
  const db = database.schema<IdentityTables>('identity')
  const securityLog = new SecurityLog(db, key)
  const accounts = new Accounts(db, today)
  const formatDay = (day: Temporal.PlainDate, { language }: Account) =>
    new Reader(isLanguage(language) ? language : config.language, config.time_zone).date(day)
  const holders = () => new Map([...running].flatMap(([name, { person }]) => (person ? [[name, person] as const] : [])))
  const emails = new AccountEmails({
    db,
    mail,
    addresses,
    association,
    language: config.language,
    join: config.association.join,
    formatDay,
  })
  const roles = new Roles({
    db,
    securityLog,
    today,
    emailBoard: (transaction, account, role) => emails.emailBoard(transaction, account, role),
  })
  const organisations = new Organisations(db, securityLog)
  const tickets = new Tickets(db, key)
  const lockout = new Lockout(db, key, isRelaxed)
  const sessions = new Sessions({ db, key, pubsub, tickets, jobs, today, isRelaxed })
  const houseWords = [
    association.name,
    'bagad',
    ...services.flatMap(({ name, about }) => [name, about.name.fr, about.name.en]),
  ]
  const passwords = new Passwords({ db, houseWords })
  const codes = new Codes({ db, key, issuer: association.name })
  const passkeys = new Passkeys({
    db,
    tickets,
    log,
    today,
    host: addresses.host('identity'),
    origin: addresses.origin('identity'),
    houseName: association.name,
  })
  const pictures = new Pictures({ platform, db, securityLog })
  const invitations = new Invitations({ db, key, accounts, roles, organisations, emails, securityLog })
  const organisationInvitations = new OrganisationInvitations({
    db,
    accounts,
    organisations,
    invitations,
    emails,
    securityLog,
    jobs,
  })
  const personalData = ownPersonalData({ db, accounts, securityLog, pictures, organisationInvitations })
  const accountClosure = new AccountClosure({
    db,
    accounts,
    roles,
    sessions,
    emails,
    securityLog,
    blobs,
    jobs,
    today,
    holders,
    formatDay,
  })
  const context: IdentityContext = {
    platform,
    db,
    accounts,
    roles,
    organisations,
    invitations,
    organisationInvitations,
    recovery: new Recovery({ db, key, accounts, emails, securityLog }),
    passwords,
    codes,
    passkeys,
    appPasswords: new AppPasswords({ db, key, pubsub }),
    tokens: new Tokens({ db, key, today, isRelaxed }),
    sessions,
    tickets,
    lockout,
    emails,
    securityLog,
    signIn: new SignIn({
      db,
      key,
      accounts,
      passwords,
      codes,
      passkeys,
      sessions,
      tickets,
      lockout,
      emails,
      securityLog,
      today,
    }),
    accountClosure,
    membershipExpiry: new MembershipExpiry({
      db,
      accounts,
      accountClosure,
      emails,
      policy: config.membership,
      today,
      holders,
    }),
    pictures,
    personalData,
    // These three need the whole context.
    get openId() {
      return openId
    },
    get applications() {
      return applications
    },
    get signingOut() {
      return signingOut
    },
  }
  const openId = new OpenId(context, providerPages)
  const applications = new Applications(context, openId)
  const signingOut = new SigningOut(context, openId)
  return context
}

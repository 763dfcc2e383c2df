import { sql } from 'kysely'
import type { Purge, RetentionClass } from '../../platform/retention/class.ts'
import { deleteOlder } from '../../platform/retention/delete-older.ts'

/** Days without use after which a session ends, and its maximum age in days. */
export const SESSION_DAYS = { idle: 30, absolute: 180 }

/** Days for which an archive waits to be downloaded. */
export const ARCHIVE_DAYS = 7

/** Deletes sessions a month after they ended, so that incidents can be examined; dependent sessions go with them. */
const forgetSessions: Purge = async (db, { before, limit }) => {
  const { rows } = await sql`
    delete from identity.session where id in (
      select id from identity.session where parent is null and (
        last_seen_at < ${before.toString()}::timestamptz or created_at < now() - ${SESSION_DAYS.absolute} * interval '1 day'
        or revoked_at < ${before.toString()}::timestamptz) limit ${limit} for update skip locked
    ) returning id`.execute(db)
  return { rows: rows.length }
}

/** Deletes log lines from the start of their chain; the database refuses to delete any that is younger than a year. */
const forgetAudit: Purge = async (db, { before, limit }) => {
  const { rows } = await sql`
    delete from identity.security_log where id in (
      select id from identity.security_log where at < ${before.toString()}::timestamptz order by id limit ${limit} for update skip locked
    ) returning id`.execute(db)
  return { rows: rows.length }
}

const who = { fr: 'qui a un compte', en: 'account holders' }
const service = { fr: 'le service lui-même (à leur demande)', en: 'the service itself (at their request)' }
const safety = { fr: 'la sécurité des comptes (intérêt légitime)', en: 'account security (legitimate interest)' }

export const identityClasses: RetentionClass[] = [
  {
    name: 'accounts',
    what: {
      fr: 'Compte : nom d’utilisateur·rice, nom, photo, courriel, langue, rôles, organisations, preuves d’identité (jamais un mot de passe en clair)',
      en: 'Account: login, name, picture, e-mail, language, roles, organisations, proofs of identity (never a password in clear)',
    },
    whose: who,
    why: service,
    where: '`identity.account` and around it',
    time: {
      until: {
        fr: '30 jours après que vous demandez son effacement ; si la maison l’a choisi, 30 jours après une fermeture annoncée qui suit la fin de l’adhésion',
        en: '30 days after you ask for its erasure; where the association has configured it, 30 days after an announced closure that follows the end of the membership',
      },
    },
  },
  {
    name: 'sessions',
    what: {
      fr: 'Appareils connectés : navigateur, réseau, jour',
      en: 'Signed-in devices: browser, network, day',
    },
    whose: who,
    why: service,
    where: '`identity.session`, cookie `__Host-bagad`',
    time: {
      for: { days: SESSION_DAYS.idle },
      after: { fr: 'après la dernière visite, ou la déconnexion', en: 'after the last visit, or signing out' },
    },
    purge: forgetSessions,
  },
  {
    name: 'tickets',
    what: {
      fr: 'Passages d’un service à l’autre, cérémonies de connexion',
      en: 'Single sign-on codes, pending sign-ins',
    },
    whose: who,
    why: service,
    where: '`identity.ticket`',
    time: { until: { fr: 'quelques minutes', en: 'a few minutes' } },
    purge: deleteOlder('identity.ticket', 'expires_at', { key: ['token_hash'] }),
  },
  {
    name: 'organisation-invitations',
    what: {
      fr: 'Invitations dans une organisation : adresse mail, rôle',
      en: 'Invitations to an organisation: e-mail address, role',
    },
    whose: { fr: 'qui est invité·e', en: 'invited people' },
    why: { fr: 'l’organisation qui invite (à sa demande)', en: 'the inviting organisation (at its request)' },
    where: '`identity.organisation_invitation`',
    time: { until: { fr: 'jusqu’à la réponse, 14 jours au plus', en: 'until they answer, 14 days at most' } },
    purge: deleteOlder('identity.organisation_invitation', 'expires_at'),
  },
  {
    name: 'applications',
    what: {
      fr: 'Accords donnés à d’autres logiciels, et leurs clés (OpenID Connect)',
      en: 'Authorizations of other software, and its tokens (OpenID Connect)',
    },
    whose: { fr: 'qui s’y connecte avec son compte d’ici', en: 'people who sign in there with their account' },
    why: service,
    where: '`identity.oidc_payload`',
    time: {
      until: { fr: 'jusqu’à ce que vous le repreniez, un an au plus', en: 'until you revoke it, at most a year' },
    },
    purge: deleteOlder('identity.oidc_payload', 'expires_at', { key: ['kind', 'id_hash'] }),
  },
  {
    name: 'failures',
    what: {
      fr: 'Connexions manquées, sous un nom fait avec la clé de l’instance',
      en: 'Failed sign-ins, under a keyed hash',
    },
    whose: { fr: 'qui se trompe', en: 'people whose sign-in fails' },
    why: safety,
    where: '`identity.failure`',
    time: { for: { days: 1 }, after: { fr: 'après la dernière', en: 'after the last one' } },
    purge: deleteOlder('identity.failure', 'last_at', { key: ['key_hash'] }),
  },
  {
    name: 'audit',
    what: {
      fr: 'Journal du compte : connexions, changements, réseau',
      en: 'Security log of the account: sign-ins, changes, network',
    },
    whose: who,
    why: safety,
    where: '`identity.security_log`',
    time: { for: { years: 1 }, after: { fr: 'après l’acte', en: 'after the action' } },
    purge: forgetAudit,
  },
  {
    name: 'tokens',
    what: {
      fr: 'Clés de programmes : droits, jour du dernier usage ; la clé elle-même n’y est pas lisible',
      en: 'API tokens and app passwords: scopes, day of the last use; the secret itself cannot be read',
    },
    whose: { fr: 'qui en a une', en: 'their owners' },
    why: { fr: 'à leur demande', en: 'at their request' },
    where: '`identity.token`, `identity.app_password`',
    time: { until: { fr: 'jusqu’à ce qu’elle soit révoquée', en: 'until it is revoked' } },
  },
  {
    name: 'archives',
    what: {
      fr: 'Archive de vos données, faite à votre demande',
      en: 'Archive of your data, created at your request',
    },
    whose: { fr: 'qui la demande', en: 'people who request one' },
    why: { fr: 'à leur demande', en: 'at their request' },
    where: '`<data>/blobs`, S3',
    time: { for: { days: ARCHIVE_DAYS }, after: { fr: 'après la demande', en: 'after your request' } },
  },
]

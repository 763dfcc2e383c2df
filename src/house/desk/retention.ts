import { sql } from 'kysely'
import type { Purge, RetentionClass } from '../../platform/retention/class.ts'
import { deleteOlder } from '../../platform/retention/delete-older.ts'

/** Deletes the text and the sender of old reports; their count stays. */
const forgetWords: Purge = async (db, { before, limit }) => {
  const { rows } = await sql`
    update desk.report set explanation = '', email = null, network = null, sealed_key = null where id in (
      select id from desk.report where settled_at < ${before.toString()}::timestamptz and (explanation <> '' or email is not null or network is not null)
      order by settled_at limit ${limit} for update skip locked
    ) returning id`.execute(db)
  return { rows: rows.length }
}

const forgetEvidence: Purge = async (db, { before, limit }) => {
  const { rows } = await sql<{ blob_key: string }>`
    delete from desk.evidence where id in (
      select id from desk.evidence where until < ${before.toString()}::date order by until limit ${limit} for update skip locked
    ) returning blob_key`.execute(db)
  return { rows: rows.length, blobs: rows.map(({ blob_key: key }) => key) }
}

const law = { fr: 'la loi (signalements, DSA articles 16 et 17)', en: 'the law (reports, DSA articles 16 and 17)' }

export const deskClasses: RetentionClass[] = [
  {
    name: 'reports',
    what: {
      fr: 'Signalements : explication, courriel si vous en laissez un',
      en: 'Reports: explanation, e-mail if you leave one',
    },
    whose: { fr: 'qui signale', en: 'reporters' },
    why: law,
    where: '`desk.report`',
    time: { for: { years: 1 }, after: { fr: 'après la décision', en: 'after the decision' } },
    purge: forgetWords,
  },
  {
    name: 'decisions',
    what: { fr: 'Décisions : contenu, raison, qui a décidé', en: 'Decisions: content, reason, moderator' },
    whose: { fr: 'l’équipe de modération', en: 'the moderators' },
    why: law,
    where: '`desk.decision`',
    time: { until: { fr: 'tant que le contenu pourrait revenir', en: 'as long as the content could reappear' } },
  },
  {
    name: 'evidence',
    what: { fr: 'Preuves, chiffrées, hors de portée de tous', en: 'Evidence, encrypted, unreadable on the server' },
    whose: { fr: 'qui a mis ici un contenu retiré', en: 'authors of removed content' },
    why: { fr: 'la justice, si elle les demande', en: 'the courts, at their request' },
    where: '`desk.evidence`, `<data>/blobs`',
    time: { until: { fr: 'un an, ou le temps que dit un·e juge', en: 'a year, or as long as a judge orders' } },
    purge: forgetEvidence,
  },
  {
    name: 'openings',
    what: { fr: 'Qui a demandé des preuves, quand, et pourquoi', en: 'Requests for evidence: moderator, time, reason' },
    whose: { fr: 'l’équipe de modération', en: 'the moderators' },
    why: { fr: 'rendre compte (obligation légale)', en: 'accountability (legal obligation)' },
    where: '`desk.opening`',
    time: { for: { years: 3 }, after: { fr: 'après la demande', en: 'after the request' } },
    purge: deleteOlder('desk.opening', 'at'),
  },
  {
    name: 'acts',
    what: {
      fr: 'Qui a laissé revenir un contenu ou un réseau, ou changé un réglage',
      en: 'Lifted blocks and bans, and changed switches: moderator, time',
    },
    whose: { fr: 'l’équipe de modération', en: 'the moderators' },
    why: { fr: 'rendre compte (obligation légale)', en: 'accountability (legal obligation)' },
    where: '`desk.act`',
    time: { for: { years: 3 }, after: { fr: 'après l’acte', en: 'after the action' } },
    purge: deleteOlder('desk.act', 'at'),
  },
]

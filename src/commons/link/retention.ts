import { sql } from 'kysely'
import type { Purge, RetentionClass } from '../../platform/retention/class.ts'

/** Anonymous links end after a year without a visit. Imported ones, and those of accounts, never do. */
const endForgotten: Purge = async (db, { before, limit }) => {
  const since = before.toString()
  const { rows } = await sql`
    update link.link set state = 'expired' where id in (
      select id from link.link where state = 'active' and owner is null and imported_at is null
        and coalesce(last_click_on, created_at::date) < ${since}::date
      order by id limit ${limit} for update skip locked
    ) returning id`.execute(db)
  return { rows: rows.length }
}

export const linkClasses: RetentionClass[] = [
  {
    name: 'forgotten-links',
    what: { fr: 'Liens faits sans compte', en: 'Links created without an account' },
    whose: {
      fr: 'qui en fait, si l’adresse ou les mots parlent d’elle ou de lui',
      en: 'the creator, when the address or the slug identifies them',
    },
    why: { fr: 'le service lui-même (à leur demande)', en: 'the service itself (at their request)' },
    where: '`link.*`',
    time: { for: { years: 1 }, after: { fr: 'sans visite', en: 'without a visit' } },
    purge: endForgotten,
  },
  {
    name: 'links',
    what: {
      fr: 'Les autres liens : adresse, titre, note, étiquettes, dates, état, raisons',
      en: 'Other links: address, title, note, labels, dates, state, reasons',
    },
    whose: { fr: 'qui en fait', en: 'the creator' },
    why: { fr: 'le service lui-même (à leur demande)', en: 'the service itself (at their request)' },
    where: '`link.*`',
    time: {
      until: {
        fr: 'jusqu’à ce que vous les effaciez ; le nom seul reste, pour ne jamais être donné à d’autres',
        en: 'until you delete them; only the slug stays, so that it is never given again',
      },
    },
  },
  {
    name: 'visits',
    what: {
      fr: 'Visites des liens : un nombre par jour, sans personne',
      en: 'Visits of links: counts a day, no person',
    },
    whose: { fr: 'personne', en: 'no person' },
    why: { fr: 'le service lui-même', en: 'the service itself' },
    where: '`link.link_day`',
    time: { until: { fr: 'avec le lien', en: 'with the link' } },
  },
  {
    name: 'browser-list',
    what: { fr: 'Liste des liens faits avec un navigateur', en: 'List of the links created with a browser' },
    whose: { fr: 'qui fait des liens sans compte', en: 'creators of links without an account' },
    why: { fr: 'à leur demande', en: 'at their request' },
    where: 'cookie `__Host-links`',
    time: { for: { years: 4, months: 6 }, after: { fr: 'dans votre navigateur', en: 'in your browser' } },
  },
]

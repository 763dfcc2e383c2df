import { sql } from 'kysely'
import type { Purge, RetentionClass } from '../retention/class.ts'

/** What the job that makes figures of days left, because no worker ran. */
const forgetVisitors: Purge = async (db, { before, limit }) => {
  await sql`delete from visits.day_key where day < ${before.toString()}::timestamptz::date`.execute(db)
  const { rows } = await sql`
    delete from visits.seen where (day, service, process) in (
      select day, service, process from visits.seen where day < ${before.toString()}::timestamptz::date order by day limit ${limit} for update skip locked
    ) returning day`.execute(db)
  return { rows: rows.length }
}

export const visitsClasses: RetentionClass[] = [
  {
    name: 'visitors-of-the-day',
    what: {
      fr: 'Visiteurs du jour de chaque service, sous un nom fait de l’adresse et du navigateur avec une clé du jour, jetée à minuit ; aucune adresse',
      en: 'Visitors of the day of each service, under a name made of the address and the browser with a key of the day, thrown away at midnight; no address',
    },
    whose: { fr: 'qui visite', en: 'visitors' },
    why: { fr: 'compter les visites (intérêt légitime)', en: 'to count visits (legitimate interest)' },
    where: '`visits.seen`',
    time: { for: { days: 1 }, after: { fr: 'après la visite', en: 'after the visit' } },
    purge: forgetVisitors,
  },
]

import { sql } from 'kysely'
import type { Purge, RetentionClass } from '../retention/class.ts'
import { deleteOlder } from '../retention/delete-older.ts'

const forgetRates: Purge = async (db, { before, limit }) => {
  const { rows } = await sql`
    delete from limits.rate where key in (select key from limits.rate where expire < ${before.epochMilliseconds} limit ${limit} for update skip locked)
    returning key`.execute(db)
  return { rows: rows.length }
}

export const limitsClasses: RetentionClass[] = [
  {
    name: 'rates',
    what: {
      fr: 'Nombre d’actes par réseau, sous un nom fait avec une clé du jour ; aucune adresse',
      en: 'Counts of acts by network, under a name made with a key of the day; no address',
    },
    whose: { fr: 'qui crée quelque chose', en: 'visitors who create something' },
    why: { fr: 'contre les abus (intérêt légitime)', en: 'against abuse (legitimate interest)' },
    where: '`limits.rate`',
    time: { until: { fr: 'le temps que l’on compte, un jour au plus', en: 'the time that is counted, a day at most' } },
    purge: forgetRates,
  },
  {
    name: 'spent-proofs',
    what: {
      fr: 'Preuves de travail déjà utilisées : un nombre au hasard',
      en: 'Proofs of work that were used: a random number',
    },
    whose: { fr: 'qui crée quelque chose', en: 'visitors who create something' },
    why: { fr: 'contre les abus (intérêt légitime)', en: 'against abuse (legitimate interest)' },
    where: '`limits.spent_proof`',
    time: {
      until: { fr: 'jusqu’à la fin de la preuve, en moins d’une heure', en: 'until the proof ends, within the hour' },
    },
    purge: deleteOlder('limits.spent_proof', 'expires_at', { key: ['nonce'] }),
  },
]

import { sql } from 'kysely'
import type { Purge, RetentionClass } from '../retention/class.ts'

const liftBans: Purge = async (db, { before, limit }) => {
  const { rows } = await sql`
    delete from moderation.banned where network in (
      select network from moderation.banned where until < ${before.toString()}::timestamptz limit ${limit} for update skip locked
    ) returning network`.execute(db)
  return { rows: rows.length }
}

export const moderationClasses: RetentionClass[] = [
  {
    name: 'bans',
    what: {
      fr: 'Réseaux d’où plus rien n’est pris, sous un nom fait avec la clé de l’instance',
      en: 'Networks from which nothing is taken, under a name made with the key of the instance',
    },
    whose: { fr: 'qui a mis ici un contenu retiré', en: 'who put here what was removed' },
    why: { fr: 'contre les abus (intérêt légitime)', en: 'against abuse (legitimate interest)' },
    where: '`moderation.banned`',
    time: { until: { fr: '90 jours', en: '90 days' } },
    purge: liftBans,
  },
  {
    name: 'blocks',
    what: { fr: 'Empreintes de contenus retirés, pour qu’ils ne reviennent pas', en: 'Sums of what was removed, so that it does not come again' },
    whose: { fr: 'personne', en: 'nobody' },
    why: { fr: 'contre les abus (intérêt légitime)', en: 'against abuse (legitimate interest)' },
    where: '`moderation.blocked`',
    time: { until: { fr: 'jusqu’à ce que l’équipe les lève', en: 'until the team lifts them' } },
  },
]

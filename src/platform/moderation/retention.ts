import type { RetentionClass } from '../retention/class.ts'
import { deleteOlder } from '../retention/delete-older.ts'

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
    purge: deleteOlder('moderation.banned', 'until', { key: ['network'] }),
  },
  {
    name: 'blocks',
    what: {
      fr: 'Empreintes de contenus retirés, pour qu’ils ne reviennent pas',
      en: 'Sums of what was removed, so that it does not come again',
    },
    whose: { fr: 'personne', en: 'no one' },
    why: { fr: 'contre les abus (intérêt légitime)', en: 'against abuse (legitimate interest)' },
    where: '`moderation.blocked`',
    time: { until: { fr: 'jusqu’à ce que l’équipe les lève', en: 'until the team lifts them' } },
  },
]

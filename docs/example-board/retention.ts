import type { RetentionClass } from '../../src/platform/retention/class.ts'
import { deleteOlder } from '../../src/platform/retention/delete-older.ts'

export const retentionClasses: RetentionClass[] = [
  {
    name: 'notices',
    what: { fr: 'Annonces : titre, texte, image', en: 'Notices: title, text, picture' },
    whose: { fr: 'qui en passe', en: 'who puts one up' },
    why: { fr: 'le service lui-même (à leur demande)', en: 'the service itself (at their request)' },
    where: '`board.notice`',
    time: {
      until: {
        fr: 'jusqu’à la date que l’annonce montre, ou que vous l’effaciez',
        en: 'until the date that the notice shows, or until you delete it',
      },
    },
    purge: deleteOlder('board.notice', 'ends_at', { blobs: ['picture'] }),
  },
]

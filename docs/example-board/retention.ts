import type { RetentionClass } from '../../src/platform/retention/class.ts'
import { deleteOlder } from '../../src/platform/retention/delete-older.ts'

export const boardClasses: RetentionClass[] = [
  {
    name: 'notices',
    what: { fr: 'Annonces, avec l’adresse de leur auteur·ice', en: 'Notices, with the e-mail address of their author' },
    whose: { fr: 'qui passe une annonce', en: 'authors of notices' },
    why: { fr: 'le service lui-même', en: 'the service itself' },
    where: '`board.notice`',
    time: {
      until: { fr: 'jusqu’à leur dernier jour, ou leur effacement', en: 'until their last day, or their deletion' },
    },
    purge: deleteOlder('board.notice', 'ends_at', { blobs: ['picture'] }),
  },
]

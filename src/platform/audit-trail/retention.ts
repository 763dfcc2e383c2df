import type { RetentionClass } from '../retention/class.ts'
import { deleteOlder } from '../retention/delete-older.ts'

export const tracesClasses: RetentionClass[] = [
  {
    name: 'traces',
    what: {
      fr: 'Qui a mis quoi ici : heure, adresse IP et port, contenu, compte s’il y en a un ; chiffré',
      en: 'Who put what here: time, IP address and port, content, account if there is one; encrypted',
    },
    whose: { fr: 'qui publie quelque chose', en: 'who publishes something' },
    why: { fr: 'la loi (LCEN, article 6 ; décret 2021-1362)', en: 'the law (LCEN, article 6; decree 2021-1362)' },
    where: '`traces.trace`',
    time: { for: { years: 1 }, after: { fr: 'après la publication', en: 'after it was published' } },
    purge: deleteOlder('traces.trace', 'recorded_at'),
  },
  {
    name: 'consultations-of-traces',
    what: { fr: 'Qui a consulté ces traces, quand, et pourquoi', en: 'Who looked at these traces, when, and why' },
    whose: { fr: 'l’équipe', en: 'the team' },
    why: { fr: 'rendre compte (obligation légale)', en: 'to answer for it (legal obligation)' },
    where: '`traces.consultation`',
    time: { for: { years: 3 }, after: { fr: 'après la consultation', en: 'after they looked' } },
    purge: deleteOlder('traces.consultation', 'at'),
  },
]

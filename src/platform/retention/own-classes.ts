import { jobsClasses } from '../jobs/retention.ts'
import { limitsClasses } from '../limits/retention.ts'
import { mailClasses } from '../mail/retention.ts'
import { moderationClasses } from '../moderation/retention.ts'
import { tracesClasses } from '../audit-trail/retention.ts'
import { visitsClasses } from '../visits/retention.ts'
import type { RetentionClass } from './class.ts'
import { FREED_FOR } from './freed-blobs.ts'

/** What the platform keeps, whatever the services. */
export const ownClasses: readonly RetentionClass[] = [
  {
    name: 'access-log',
    what: {
      fr: 'Journal des accès : heure, service, forme de l’adresse demandée, réponse, durée, réseau (/24, /48)',
      en: 'Access log: time, service, pattern of the address, answer, duration, network (/24, /48)',
    },
    whose: { fr: 'qui visite', en: 'visitors' },
    why: { fr: 'sécurité, capacité (intérêt légitime)', en: 'security, capacity (legitimate interest)' },
    where: '`<data>/log`',
    time: { for: { days: 14 }, after: { fr: 'après la visite', en: 'after the visit' } },
  },
  ...tracesClasses,
  ...limitsClasses,
  ...moderationClasses,
  ...visitsClasses,
  ...jobsClasses,
  {
    name: 'language',
    what: { fr: 'La langue choisie', en: 'The language that was chosen' },
    whose: { fr: 'qui en choisit une', en: 'visitors who choose one' },
    why: { fr: 'à leur demande', en: 'at their request' },
    where: 'cookie `__Host-language`',
    time: { for: { years: 1 }, after: { fr: 'dans votre navigateur', en: 'in your browser' } },
  },
  ...mailClasses,
  {
    name: 'freed-blobs',
    what: { fr: 'Fichiers dont plus rien ne parle', en: 'Files that nothing speaks of any more' },
    whose: { fr: 'qui les a mis ici', en: 'who put them here' },
    why: { fr: 'pour qu’une sauvegarde en cours reste entière', en: 'so that a backup that is being made stays whole' },
    where: '`<data>/blobs`, S3',
    time: { for: FREED_FOR, after: { fr: 'après l’effacement', en: 'after they were deleted' } },
  },
  {
    name: 'application-log',
    what: {
      fr: 'Journal des fautes, avec leur référence, sans valeurs',
      en: 'Log of faults with their reference, no values',
    },
    whose: { fr: 'personne', en: 'no one' },
    why: { fr: 'réparer', en: 'repair' },
    where: 'standard output',
    time: {
      until: { fr: 'quelques semaines, selon le réglage de la machine', en: 'some weeks, as the machine is set' },
    },
  },
  {
    name: 'figures',
    what: { fr: 'Les chiffres de l’association : des sommes', en: 'Figures of the association: sums alone' },
    whose: { fr: 'personne', en: 'no one' },
    why: { fr: 'le rapport annuel', en: 'the annual report' },
    where: '`figures.*`, `retention.removed`',
    time: { until: { fr: 'toujours', en: 'for ever' } },
  },
]

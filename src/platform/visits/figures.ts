import type { DailyFigure } from '../figures/figure.ts'
import type { InEveryLanguage } from '../language/languages.ts'
import type { Counts } from './host-visits.ts'
import type { ByKind, Kind, Met } from './visitors.ts'

/** What the figures of all hosts together begin with; those of one service's host have its public name before that. */
const PREFIX = 'http'

interface Counted {
  /** Behind `http.`; also what the collective calls it. */
  what: string
  unit: 'count' | 'bytes'
  label: InEveryLanguage
  definition: InEveryLanguage
}

const HITS: InEveryLanguage = {
  fr: 'Requêtes auxquelles il a été répondu ce jour-là, quelle que soit la réponse',
  en: 'Requests that were answered on that day, whatever the answer',
}

const VISITS: InEveryLanguage = {
  fr: 'Suites de requêtes d’un même visiteur à moins de 30 minutes l’une de l’autre, sans celles qui demandaient mal (réponses 4xx)',
  en: 'Requests of one visitor that follow one another within 30 minutes, without those that asked wrongly (answers 4xx)',
}

const VISITORS: InEveryLanguage = {
  fr: 'Adresses et navigateurs différents ce jour-là, sans les requêtes qui demandaient mal (réponses 4xx) ; au-delà de vingt mille, à 0,8 % près',
  en: 'Different addresses and browsers on that day, without requests that asked wrongly (answers 4xx); beyond twenty thousand within 0.8%',
}

/** What is counted by kind of visitor. */
const BY_KIND = [
  { what: 'hits', label: { fr: 'Requêtes', en: 'Requests' }, definition: HITS },
  { what: 'visits', label: { fr: 'Visites', en: 'Visits' }, definition: VISITS },
  { what: 'visitors', label: { fr: 'Visiteurs du jour', en: 'Visitors of the day' }, definition: VISITORS },
] as const

/** The kinds of visitors that are told apart, with the suffix of each figure. */
const PARTS: { suffix: string; label: InEveryLanguage; kinds: readonly Kind[] }[] = [
  { suffix: '', label: { fr: '', en: '' }, kinds: ['human4', 'human6', 'bot4', 'bot6'] },
  { suffix: '.humans', label: { fr: ' de personnes', en: ' of people' }, kinds: ['human4', 'human6'] },
  { suffix: '.bots', label: { fr: ' de robots', en: ' of bots' }, kinds: ['bot4', 'bot6'] },
  { suffix: '.ipv4', label: { fr: ' en IPv4', en: ' over IPv4' }, kinds: ['human4', 'bot4'] },
  { suffix: '.ipv6', label: { fr: ' en IPv6', en: ' over IPv6' }, kinds: ['human6', 'bot6'] },
]

const COUNTED: Counted[] = [
  ...BY_KIND.flatMap(({ what, label, definition }) =>
    PARTS.map(({ suffix, label: part }): Counted => ({
      what: what + suffix,
      unit: 'count',
      label: { fr: label.fr + part.fr, en: label.en + part.en },
      definition: { fr: `${definition.fr}.`, en: `${definition.en}.` },
    })),
  ),
  {
    what: 'bytes',
    unit: 'bytes',
    label: { fr: 'Octets envoyés', en: 'Bytes sent' },
    definition: {
      fr: 'Ce qui a été envoyé ce jour-là, en-têtes compris.',
      en: 'What was sent on that day, headers included.',
    },
  },
  {
    what: 'errors',
    unit: 'count',
    label: { fr: 'Réponses d’erreur', en: 'Answers that are errors' },
    definition: { fr: 'Réponses 4xx et 5xx de ce jour-là.', en: 'Answers 4xx and 5xx of that day.' },
  },
]

function ofStatus(code: string): Counted {
  return {
    what: `status.${code}`,
    unit: 'count',
    label: { fr: `Réponses ${code}`, en: `Answers ${code}` },
    definition: {
      fr: `Requêtes auxquelles il a été répondu ${code} ce jour-là.`,
      en: `Requests that were answered ${code} on that day.`,
    },
  }
}

/** Whose figures they are: a service by its public name, or all of them together. */
export interface Whose {
  /** Undefined for all. */
  service: string | undefined
  name: InEveryLanguage
}

export const EVERYONE: Whose = { service: undefined, name: { fr: 'tous nos services', en: 'all our services' } }

/** The beginning of the ids of these figures, and of the total without one: `link.http`, `http`. */
export function prefixOf(service: string | undefined): string {
  return service === undefined ? PREFIX : `${service}.${PREFIX}`
}

/** Whether a figure counts what comes to hosts. */
export function isTraffic(figure: string): boolean {
  return figure.split('.').includes(PREFIX)
}

/** The figures of what comes to a host, but for those of each status, which there are once there was one. */
export function httpFigures(whose: Whose): DailyFigure[] {
  return COUNTED.map((one) => figureOf(one, whose))
}

function figureOf({ what, unit, label, definition }: Counted, { service, name }: Whose): DailyFigure {
  return {
    id: `${prefixOf(service)}.${what}`,
    unit,
    label: { fr: `${label.fr} (${name.fr})`, en: `${label.en} (${name.en})` },
    definition,
  }
}

/**
 * What a day counted, by figure.
 *
 * @param met undefined when it is not known who came
 */
export function countedOf(
  { hits, bytes, status }: Counts,
  met: Met | undefined,
  whose: Whose,
): { figure: DailyFigure; value: number }[] {
  const errors = Object.entries(status).reduce((sum, [code, count]) => sum + (Number(code) >= 400 ? count : 0), 0)
  const values = new Map([
    ...partsOf('hits', hits),
    ...(met ? [...partsOf('visits', met.visits), ...partsOf('visitors', met.visitors)] : []),
  ])
  values.set('bytes', bytes).set('errors', errors)
  return [
    ...COUNTED.flatMap((one) => {
      const value = values.get(one.what)
      return value === undefined ? [] : [{ figure: figureOf(one, whose), value }]
    }),
    ...Object.entries(status).map(([code, value]) => ({ figure: figureOf(ofStatus(code), whose), value })),
  ]
}

function partsOf(what: string, counted: ByKind): [string, number][] {
  return PARTS.map(({ suffix, kinds }) => [what + suffix, kinds.reduce((sum, kind) => sum + counted[kind], 0)])
}

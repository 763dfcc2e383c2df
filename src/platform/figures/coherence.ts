import { SERVICES_FOR_EVERYONE } from './catalogue.ts'
import { holdsFor, readClaim } from './claims.ts'
import { precisionOf } from './dates.ts'
import type { AllSeries, FigureDate, Series } from './figure.ts'
import type { Gap } from './gap.ts'
import type { Arrangement, History } from './history.ts'
import { lawGaps, type Values } from './laws.ts'
import { oddGaps } from './odd-values.ts'
import { printingGaps, waysOfPrinting } from './printing.ts'

/**
 * Every gap of a printed report: between its figures by their laws, between its cells and its figures, and in how it
 * prints.
 */
export function findGaps(history: History): Gap[] {
  const series = new Map<string, Values>(history.series.map((one) => [one.id, one]))
  const found = [
    ...lawGaps(series),
    ...printingGaps(history, series),
    ...history.series.flatMap(oddGaps),
    ...history.series.flatMap((one) => missingValues(one)),
    ...history.vagueSchedules.map(({ id, rule }): Gap => ({
      where: id,
      what: 'schedule',
      printed: rule,
      computed: '',
    })),
    ...history.series.flatMap((one) => windowGaps(one)),
    ...wrongClaims(history),
    ...silentServices(history),
  ]
  return [...found, ...remarks(history, found)]
}

/** Every gap of a report that is being written: what its tables show, by what is known today. */
export function draftGaps(tables: Arrangement[], series: AllSeries): Gap[] {
  const shown = new Map<string, Set<FigureDate>>()
  for (const { columns, rows } of tables) {
    const dates = columns.flatMap((column) => (column.kind === 'date' ? [column.date] : []))
    for (const { figure } of rows) shown.set(figure, new Set([...(shown.get(figure) ?? []), ...dates]))
  }
  const arranged = [...shown].flatMap(([id, dates]) => {
    const one = series.get(id)
    return one ? [{ one, dates }] : []
  })
  const isShown = ({ where }: Gap) => {
    const [figure = '', date = ''] = where.split(' ')
    return shown.get(figure)?.has(date) ?? false
  }
  return [
    ...lawGaps(series).filter(isShown),
    ...arranged.flatMap(({ one, dates }) =>
      oddGaps({ ...one, points: one.points.filter(({ date }) => dates.has(date)) }),
    ),
    ...arranged.flatMap(({ one, dates }) =>
      missingValues({ ...one, points: [...dates].map((date) => pointOrUnknown(one, date)) }),
    ),
    ...arranged.flatMap(({ one, dates }) =>
      windowGaps({ ...one, points: one.points.filter(({ date }) => dates.has(date)) }),
    ),
    ...[...shown.keys()]
      .filter((id) => !series.has(id))
      .map((id): Gap => ({ where: id, what: 'unknown', printed: '', computed: '' })),
    ...waysOfPrinting(tables),
  ]
}

function pointOrUnknown({ points }: Series, date: FigureDate): Series['points'][number] {
  return (
    points.find((point) => point.date === date) ?? {
      date,
      value: null,
      state: 'unknown',
      printed: null,
      source: 'manual',
    }
  )
}

function missingValues({ id, points }: Values): Gap[] {
  const missing = points.filter(({ value }) => value === null)
  return [...Map.groupBy(missing, ({ state }) => state)].map(([state, group]) => ({
    where: `${id} ${group.map(({ date }) => date).join(', ')}`,
    what: state === 'not-communicated' ? 'not-communicated' : 'unknown',
    printed: group[0]?.printed ?? '',
    computed: '',
  }))
}

/** Figures of some days, `hits/7d`, of which it is not said which days those are. */
function windowGaps({ id, unit, points }: Values): Gap[] {
  if (!/\/\d+d$/.test(unit)) return []
  const vague = points.filter(({ date, value }) => value !== null && precisionOf(date) !== 'day')
  return vague.map(({ date, printed }) => ({
    where: `${id} ${date}`,
    what: 'window',
    printed: printed ?? '',
    computed: '',
  }))
}

/** Words of the text that say another number than the tables: « la moitié » for 46,18 %. */
function wrongClaims({ claims }: History): Gap[] {
  return claims.flatMap(({ where, printed, computed }): Gap[] => {
    const claim = readClaim(printed)
    return !claim || holdsFor(claim, computed) ? [] : [{ where, what: 'claim', printed, computed: String(computed) }]
  })
}

/** Services for everyone of which a report that counts some of them says nothing. */
function silentServices({ series }: History): Gap[] {
  const services = new Set(series.map(({ service }) => service))
  if (!SERVICES_FOR_EVERYONE.some((service) => services.has(service))) return []
  return SERVICES_FOR_EVERYONE.filter((service) => !services.has(service)).map((service) => ({
    where: service,
    what: 'no-figure',
    printed: '',
    computed: '',
  }))
}

/** How remarks begin that speak of all tables at once, by the gap that says the same. */
const SAME_PLACE: Partial<Record<Gap['what'], string>> = { 'time-bases': 'column', 'evolution-heads': 'evolution' }

/** What the transcriber of the report noticed, without what was found here too. */
function remarks({ remarks }: History, found: Gap[]): Gap[] {
  const firstWord = (where: string) => where.split(/[ ,]/)[0] ?? ''
  const places = new Set(found.map(({ where, what }) => SAME_PLACE[what] ?? firstWord(where)))
  const isFound = ({ where, what }: History['remarks'][number]) =>
    places.has(firstWord(where)) || found.some((gap) => gap.what === 'claim' && what.includes(gap.printed))
  return remarks
    .filter((remark) => !isFound(remark))
    .map(({ where, what }) => ({ where, what: 'remark', printed: '', computed: what }))
}

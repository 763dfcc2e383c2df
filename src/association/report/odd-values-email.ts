import { documentPalette } from '../../platform/drawings/palette.ts'
import { drawLine, type LinePoint } from '../../platform/drawings/line.ts'
import { formatDate } from '../../platform/figures/dates.ts'
import { describeFactor, formatValue } from '../../platform/figures/numbers.ts'
import type { DatedSeries, YearOfDays } from '../../platform/figures/reading.ts'
import type { OddValue } from '../../platform/figures/odd-values.ts'
import { Reader } from '../../platform/language/reader.ts'
import type { Email, EmailDrawing } from '../../platform/mail/email.ts'
import type { Platform } from '../../platform/platform.ts'
import { words } from './words.ts'

/** Days in the drawing before the odd value, and days listed in words. */
const DRAWN = 60
const TOLD = 14

/** Writes the e-mail to the technicians: each odd value in a sentence, with a drawing of the days before. */
export async function oddValuesEmail(
  odd: OddValue[],
  { figures, config, association, addresses, today }: Platform,
): Promise<Omit<Email, 'to'>> {
  const reader = new Reader(config.language, config.time_zone)
  const say = reader.say(words)
  const ids = odd.map(({ figure }) => figure)
  const first = today().subtract({ days: DRAWN })
  const series = await figures.dated({ ids }, first.year)
  const sentences = odd.flatMap((one) => {
    const own = series.find(({ id }) => id === one.figure)
    if (!own) return []
    return [
      describeOddValue(one, own, reader),
      ...drawingOfDays(own, linePointsOf(own.years, first), reader, documentPalette(association)),
    ]
  })
  return {
    language: config.language,
    subject: say('odd.subject', { count: odd.length }),
    paragraphs: [say('odd.lead'), ...sentences, say('odd.do')],
    action: { label: say('odd.action'), url: addresses.of('report') },
  }
}

/** « Images : 190 480 le 26 novembre 2026, 51 000 la veille : × 3,73. » */
function describeOddValue(
  { date, value, what, before }: OddValue,
  { label, unit }: DatedSeries,
  reader: Reader,
): string {
  const say = reader.say(words)
  const said = {
    label: label[reader.language],
    value: formatValue({ value, state: 'known' }, unit, reader),
    date: formatDate(date, reader),
  }
  if (what !== 'far' || !before) return say(`odd.${what === 'over-100' ? 'over' : 'negative'}`, said)
  const factor = describeFactor(before.value, value, reader)
  return say('odd.far', {
    ...said,
    before: formatValue({ value: before.value, state: 'known' }, unit, reader),
    since: formatDate(before.date, reader),
    factor,
  })
}

/** Returns the known days from a first one on. */
function linePointsOf(years: YearOfDays[], first: Temporal.PlainDate): LinePoint[] {
  return years.flatMap(({ year, days }) => {
    const newYear = Temporal.PlainDate.from({ year, month: 1, day: 1 })
    const skipped = Math.max(0, newYear.until(first).days)
    return days
      .slice(skipped)
      .flatMap((value, index) => (value === null ? [] : [{ day: newYear.add({ days: skipped + index }), value }]))
  })
}

/** Draws the last days of a figure as a line; nothing with fewer than two days. */
function drawingOfDays(
  { id, label, unit }: DatedSeries,
  drawn: LinePoint[],
  reader: Reader,
  palette: ReturnType<typeof documentPalette>,
): EmailDrawing[] {
  if (drawn.length < 2) return []
  const say = {
    value: (value: number) => formatValue({ value, state: 'known' }, unit, reader),
    day: (day: Temporal.PlainDate) => formatDate(day.toString(), reader, 'short'),
  }
  const colon = reader.language === 'fr' ? '\u00a0: ' : ': '
  const lines = drawn.slice(-TOLD).map(({ day, value }) => say.day(day) + colon + say.value(value))
  const title = label[reader.language]
  const description = lines.join('\n')
  const svg = drawLine({ id: id.replaceAll('.', '-'), title, description }, drawn, [], say, { palette })
  return [{ title, description, svg }]
}

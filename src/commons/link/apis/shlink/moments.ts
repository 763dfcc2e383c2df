import { invalidData } from './problems.ts'

/** Plausible years; the database supports fewer than a client can write. */
const MEANT = /^[12]\d{3}-/

/**
 * Parses a moment of Shlink: `2026-05-23T23:41:23+04:00`, without offset, or a day alone. In a query, `+` arrives as a
 * space.
 *
 * @param element the name of the field
 * @param timeZone used without an offset
 * @throws ShlinkProblem `invalid-data`
 */
export function readMoment(text: string, element: string, timeZone: string): Temporal.Instant {
  const whole = text.replace(/ (\d\d:?\d\d)$/, '+$1')
  if (!MEANT.test(whole)) throw invalidData([element])
  try {
    return hasOffset(whole)
      ? Temporal.Instant.from(whole)
      : Temporal.PlainDateTime.from(whole).toZonedDateTime(timeZone).toInstant()
  } catch {
    throw invalidData([element])
  }
}

function hasOffset(text: string): boolean {
  return /(z|[+-]\d\d(:?\d\d)?)$/i.test(text.slice('2026-05-23'.length))
}

/** `2026-05-23T23:41:23+02:00` */
export function writeMoment(moment: Temporal.Instant, timeZone: string): string {
  return moment.toZonedDateTimeISO(timeZone).toString({ timeZoneName: 'never', smallestUnit: 'second' })
}

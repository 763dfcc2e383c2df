/**
 * Reads a moment in seconds since 1970.
 *
 * @returns null for what no link can have been made at: the future, the years before the Web
 */
export function readSeconds(text: string | null): Temporal.Instant | null {
  const seconds = Number(text)
  return seconds > 0 && seconds * 1000 <= Date.now() ? Temporal.Instant.fromEpochMilliseconds(seconds * 1000) : null
}

/**
 * Reads a date with a time, `2024-03-01 12:00:00`: in UTC where it does not say its zone.
 *
 * @returns null for a date that the calendar does not have (MySQL's `0000-00-00 00:00:00`), and for what `readSeconds`
 *   does not take
 */
export function readMoment(text: string): Temporal.Instant | null {
  const moment = readAny(text)
  return moment && moment.epochMilliseconds > 0 && moment.epochMilliseconds <= Date.now() ? moment : null
}

/** Reads the moment at which something ends, past or to come, written like the others; null for one that nobody can mean. */
export function readEnd(text: string): Temporal.Instant | null {
  const moment = readAny(text)
  return moment && moment.epochMilliseconds > 0 ? moment : null
}

function readAny(text: string): Temporal.Instant | null {
  const written = text.replace(' ', 'T')
  try {
    return Temporal.Instant.from(/(Z|[+-]\d\d(:?\d\d)?)$/i.test(written.slice(11)) ? written : `${written}Z`)
  } catch {
    return null
  }
}

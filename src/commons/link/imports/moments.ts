/**
 * Parses a moment in seconds since 1970.
 *
 * @returns null when no link can have been created then: in the future, or before the Web
 */
export function readSeconds(text: string | null): Temporal.Instant | null {
  const seconds = Number(text)
  return seconds > 0 && seconds * 1000 <= Date.now() ? Temporal.Instant.fromEpochMilliseconds(seconds * 1000) : null
}

/**
 * Parses a date with a time, `2024-03-01 12:00:00`, in UTC unless it names its zone.
 *
 * @returns null for an invalid date (MySQL's `0000-00-00 00:00:00`), and for moments that `readSeconds` refuses
 */
export function readMoment(text: string): Temporal.Instant | null {
  const moment = readAny(text)
  return moment && moment.epochMilliseconds > 0 && moment.epochMilliseconds <= Date.now() ? moment : null
}

/** Parses an expiry, past or future, in the same formats; null when it is implausible. */
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

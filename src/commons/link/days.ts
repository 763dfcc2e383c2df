import { refuse } from './refusals.ts'

/**
 * Returns the end of the chosen last day.
 *
 * @param text `2027-01-31`; empty or absent: no end
 * @throws Refusal `date-invalid`
 */
export function readLastDay(text: string | undefined, timeZone: string): Temporal.Instant | undefined {
  return readDay(text)?.add({ days: 1 }).toZonedDateTime(timeZone).toInstant()
}

/**
 * Returns the beginning of the chosen first day.
 *
 * @throws Refusal `date-invalid`
 */
export function readFirstDay(text: string | undefined, timeZone: string): Temporal.Instant | undefined {
  return readDay(text)?.toZonedDateTime(timeZone).toInstant()
}

function readDay(text: string | undefined): Temporal.PlainDate | undefined {
  if (!text?.trim()) return undefined
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text.trim())) throw refuse('date-invalid')
  try {
    return Temporal.PlainDate.from(text.trim())
  } catch {
    throw refuse('date-invalid')
  }
}

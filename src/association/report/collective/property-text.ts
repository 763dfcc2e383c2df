/** A parsed property file: its values, and its invalid lines. */
export interface PropertyFile {
  values: Map<string, string>
  /** Lines that are neither empty, nor a comment, nor `key=value`; from 1. */
  unreadable: number[]
  /** Repeated keys; the last value counts. */
  repeated: string[]
}

/**
 * Writes properties in the format of the ChatonsInfos protocol: `key=value` lines in UTF-8, with a comment above each
 * section, which is the first word of its keys. Properties without a value are left out; a value has a single line.
 *
 * @param title the comment at the top
 */
export function writeProperties(title: string, values: Iterable<readonly [key: string, value: string]>): string {
  const lines = [`# ${oneLine(title)}`]
  let section = ''
  for (const [key, value] of values) {
    const text = oneLine(value)
    if (text === '') continue
    const first = key.split('.')[0] ?? ''
    if (first !== section) lines.push('', `# ${first}`)
    section = first
    lines.push(`${key}=${text}`)
  }
  return `${lines.join('\n')}\n`
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\ufeff]+/gu, ' ').trim()
}

/** Parses a property file: keys and values are trimmed, `#` begins a comment, there are no quotes. */
export function readProperties(text: string): PropertyFile {
  const file: PropertyFile = { values: new Map(), unreadable: [], repeated: [] }
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const bare = line.trim()
    if (bare === '' || bare.startsWith('#')) continue
    const at = bare.indexOf('=')
    const key = bare.slice(0, at).trim()
    if (at === -1 || key === '') file.unreadable.push(index + 1)
    else {
      if (file.values.has(key)) file.repeated.push(key)
      file.values.set(key, bare.slice(at + 1).trim())
    }
  }
  return file
}

/** Positions of a list of values over a year. */
export const POSITIONS = { months: 12, weeks: 53, days: 366 } as const

export type Rhythm = keyof typeof POSITIONS

/** Writes a list by months, weeks or days: separated by commas, empty when unknown, cut after the last known value. */
export function writeList(values: (number | null | undefined)[]): string {
  const shown = values.slice(0, values.findLastIndex((value) => value != null) + 1)
  // A file has ten thousand numbers: JSON writes them five times faster than `join`.
  return JSON.stringify(shown).slice(1, -1).replaceAll('null', '')
}

/**
 * Parses such a list, separated by commas or semicolons: the protocol's page about types says one, its examples use
 * the other.
 *
 * @returns undefined when it is longer than the year or has an item that is no number
 */
export function readList(text: string, rhythm: Rhythm): (number | null)[] | undefined {
  if (text.trim() === '') return []
  const parts = text.split(text.includes(';') ? ';' : ',').map((part) => part.trim())
  const numbers = parts.map((part) => (part === '' ? null : Number(part.replace(',', '.'))))
  return parts.length > POSITIONS[rhythm] || numbers.some(Number.isNaN) ? undefined : numbers
}

/** Parses a date: `2020-07-06`, or `06/07/2020`; undefined when it is invalid. */
export function readDate(text: string): Temporal.PlainDate | undefined {
  const [, day, month, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.trim()) ?? []
  const iso = year ? `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}` : text.trim()
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return undefined
  try {
    return Temporal.PlainDate.from(iso)
  } catch {
    return undefined
  }
}

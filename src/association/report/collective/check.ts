import {
  isHttpPath,
  METRICS,
  METRICS_KEYS,
  ORGANISATION_KEYS,
  SERVICE_KEYS,
  type PropertyKey,
  type PropertyType,
} from './keys.ts'
import { POSITIONS, readDate, readList, readProperties, type Rhythm } from './property-text.ts'

/** A finding about a file, as a crawler would report it. */
export interface Finding {
  what: 'missing' | 'unknown' | 'wrong' | 'repeated' | 'unreadable' | 'dead'
  /** The key, or the line number. */
  where: string
  /** The value found. */
  value: string
}

const KEYS: Record<string, PropertyKey[]> = {
  Organization: ORGANISATION_KEYS,
  Service: SERVICE_KEYS,
  Metrics: METRICS_KEYS,
}

const SUB = /^subs\.[a-z0-9-]+$/
const METRIC = /^metrics\.([a-z0-9]+(?:\.[a-z0-9]+)*?)\.(?:(\d{4})\.(months|weeks|days)|name|description)$/

/** Checks the text of a file against the keys of its class: missing, unknown, invalid and repeated keys. */
export function checkFile(text: string): Finding[] {
  const { values, unreadable, repeated } = readProperties(text)
  const keys = KEYS[values.get('file.class') ?? ''] ?? ORGANISATION_KEYS
  const missing = keys.filter(({ key, isMandatory }) => isMandatory && !values.get(key))
  return [
    ...unreadable.map((line): Finding => ({ what: 'unreadable', where: String(line), value: '' })),
    ...missing.map(({ key }): Finding => ({ what: 'missing', where: key, value: '' })),
    ...repeated.map((key): Finding => ({ what: 'repeated', where: key, value: values.get(key) ?? '' })),
    ...[...values].flatMap(([key, value]): Finding[] => {
      const problem = problemOf(key, value, keys)
      return problem ? [{ what: problem, where: key, value }] : []
    }),
  ]
}

function problemOf(key: string, value: string, keys: PropertyKey[]): 'unknown' | 'wrong' | undefined {
  const known = keys.find((one) => one.key === key)
  if (known) return value === '' || isOfType(value, known.type) ? undefined : 'wrong'
  if (SUB.test(key)) return isOfType(value, 'url') ? undefined : 'wrong'
  const [matched, path, year, rhythm] = METRIC.exec(key) ?? []
  if (!matched || !path || !(isHttpPath(path) || METRICS.some((metric) => metric.path === path))) return 'unknown'
  return !year || (isRhythm(rhythm) && readList(value, rhythm)) ? undefined : 'wrong'
}

function isRhythm(text: string | undefined): text is Rhythm {
  return text !== undefined && text in POSITIONS
}

/** Whether a value has the type of its key. */
export function isOfType(value: string, type: PropertyType): boolean {
  if (typeof type === 'object') {
    const words = type.several ? value.split(',').map((word) => word.trim()) : [value]
    return words.every((word) => type.oneOf.some((one) => one.toLowerCase() === word.toLowerCase()))
  }
  switch (type) {
    case 'url':
      return /^https?:\/\/\S+$/.test(value) && URL.canParse(value)
    case 'email':
      return /^[^\s@]+@[^\s@]+$/.test(value)
    case 'date':
      return readDate(value) !== undefined
    case 'datetime':
      return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(value)
    case 'degree':
      return /^-?\d{1,3}([.,]\d+)?$/.test(value) && Math.abs(Number(value.replace(',', '.'))) <= 180
    case 'country':
      return /^[A-Z]{2}$/.test(value)
    case 'text':
      return true
  }
}

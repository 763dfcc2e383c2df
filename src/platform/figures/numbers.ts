import type { Reader } from '../language/reader.ts'
import type { Known, State } from './figure.ts'

const NOT_COMMUNICATED = 'N/C'
const SPACES = /[\s\u00a0\u202f]/g

/**
 * A number as French reports print it: `1 942` (with any space), `0,43`, `- 22`, `+38`, `20%`, `180Go`; what stands in
 * brackets behind it is left out.
 *
 * @returns undefined when the text is no number
 */
export function readNumber(text: string): number | undefined {
  const bare = text
    .replace(/\(.*\)/, '')
    .replace(SPACES, '')
    .replace('\u2212', '-')
    .replace(',', '.')
    .replace(/(%|Go|Mo)$/, '')
  return /^[+-]?\d+(\.\d+)?$/.test(bare) ? Number(bare) : undefined
}

/** What a printed cell says of a value that has no number: an empty cell is unknown, N/C is not communicated. */
export function readState(printed: string): State {
  return printed.trim().toUpperCase() === NOT_COMMUNICATED ? 'not-communicated' : 'unknown'
}

/** How many decimals a unit is written with. */
export function decimalsOf(unit: string): number {
  return unit === 'GB/box' ? 2 : 0
}

/** Rounds half away from zero, as people do (`Math.round` and `toFixed` do not). */
export function round(value: number, decimals: number): number {
  const factor = 10 ** decimals
  return (Math.sign(value) * Math.round(Number((Math.abs(value) * factor).toPrecision(15)))) / factor
}

/** A point as the reader reads it: its number, `N/C`, or nothing where nothing is known. */
export function formatValue(point: Known | undefined, unit: string, reader: Reader): string {
  if (point?.state === 'not-communicated') return NOT_COMMUNICATED
  if (!point || point.value === null) return ''
  const number = unit === 'percent' ? reader.percent(point.value, 0) : reader.number(point.value, decimalsOf(unit))
  return point.state === 'estimated' ? `≈\u00a0${number}` : number
}

/** The difference of two points: N/C or unknown as soon as one of them is. */
export function describeEvolution(
  from: Known | undefined,
  to: Known | undefined,
  unit: string,
  reader: Reader,
): string {
  if (from?.state === 'not-communicated' || to?.state === 'not-communicated') return NOT_COMMUNICATED
  if (from?.value == null || to?.value == null) return ''
  return reader.difference(round(to.value - from.value, decimalsOf(unit)), decimalsOf(unit))
}

/** The same printed text whatever its spaces and its minus: what two printed cells are compared by. */
export function sameText(text: string): string {
  return text.replaceAll(SPACES, '').replaceAll('\u2212', '-')
}

/** A printed French text with our spaces and our minus: `- 22` is `−22`, `668(63,56 %)` keeps its share. */
export function setPrinted(text: string): string {
  return text
    .trim()
    .replace(/^([+-])[\s\u00a0\u202f]*/, (_, sign: string) => (sign === '-' ? '\u2212' : '+'))
    .replaceAll(/(\d)[\s\u00a0\u202f](?=\d{3})/g, '$1\u202f')
    .replaceAll(/[\s\u00a0\u202f]%/g, '\u00a0%')
}

/** How many times as much: `× 1,84`; where it is less, how many times less: `÷ 3`. */
export function describeFactor(before: number, value: number, reader: Reader): string {
  const isLess = Math.abs(value) < Math.abs(before)
  const factor = isLess ? before / value : value / before
  const decimals = factor >= 10 ? 0 : 2
  return Number.isFinite(factor)
    ? `${isLess ? '÷' : '×'}\u00a0${reader.number(round(factor, decimals), decimals)}`
    : reader.difference(value - before)
}

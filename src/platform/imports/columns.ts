import { Type, type TSchema } from 'typebox'

/**
 * What a column of a foreign database may hold, for the schemas of rows: every value is a text there, and a schema says
 * which. `expected` completes « expected … » in the list of rows that were not taken.
 *
 * @example
 * const LstuRow = Type.Object({ short: column.text, url: nullable(column.text), counter: column.integer })
 */
export const column = {
  text: Type.String({ expected: 'a text' }),
  /** To be read with `Number`: at most 15 digits, so that it stays exact. */
  integer: Type.String({ pattern: '^-?\\d{1,15}$', expected: 'a whole number' }),
  /** True or false in the way of each database; to be read with `isTrue`. */
  flag: Type.String({ pattern: '^(0|1|t|f|true|false)$', expected: 'true or false' }),
  /** A date with a time, `2024-03-01 12:00:00`; zone and fractions may follow. */
  moment: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d', expected: 'a date with a time' }),
  bytes: Type.Unsafe<Uint8Array>({
    ...Type.Refine(Type.Unknown(), (value) => value instanceof Uint8Array),
    expected: 'bytes',
  }),
}

/** A column that may be without a value. */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()], { expected: 'expected' in schema ? schema.expected : undefined })
}

/** Reads a flag. */
export function isTrue(flag: string): boolean {
  return flag === '1' || flag.startsWith('t')
}

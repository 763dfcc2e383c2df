import type { Platform } from '../platform.ts'
import type { ImportReport } from './import-report.ts'
import type { Source } from './source.ts'

/**
 * Takes over the data of a software that a service replaces: `bagad import <software> <source>`. It may be run twice,
 * and killed in the middle: what is there already is left alone.
 */
export interface Importer {
  /** The software's name on the command line: `lstu`. */
  software: string
  /** What it imports, in a line: `the short links of Lstu`. */
  description: string
  /** What is read, where that is not a database of any kind: `the table (.csv) that its web client exports`. */
  source?: string
  /** What else may be given: `--prefix <prefix>`. */
  options?: readonly { flags: string; description: string }[]
  /**
   * Imports, or only tells. Its code is imported by this call: a service that is not asked to import carries none of
   * it.
   *
   * @throws SourceError when the source is not of that software, or cannot be read
   */
  run(platform: Platform, source: Source, how: ImportManner): Promise<void>
}

/** How an import is to be done. */
export interface ImportManner {
  /** Nothing is to be written. */
  dryRun: boolean
  report: ImportReport
  /** The further options that were given, by their names: `prefix`. */
  options: Readonly<Record<string, string | boolean | undefined>>
}

import { HistoryConflict, HistoryError, type Conflict } from '../../platform/figures/history-error.ts'
import type { ImportResult } from '../../platform/figures/figures.ts'
import type { OnConflict } from '../../platform/figures/take-over.ts'
import type { Reports } from './writing/reports.ts'
import { readReason } from './reasons.ts'
import { refuse } from './refusals.ts'

/** The effect of an import, with its conflicts. */
export interface ImportLook {
  result: ImportResult
  conflicts: Conflict[]
}

/**
 * Returns the effect of importing a file, without importing it.
 *
 * @throws Refusal `unreadable-import`
 */
export async function lookAtFile(reports: Reports, text: string, by: string): Promise<ImportLook> {
  const file = parsed(text)
  const look = async (onConflict: OnConflict): Promise<ImportResult> =>
    reports.import(file, by, { dryRun: true, onConflict })
  try {
    return { result: await look('refuse'), conflicts: [] }
  } catch (error) {
    if (error instanceof HistoryConflict) return { result: await look('keep'), conflicts: error.conflicts }
    throw unreadable(error)
  }
}

/**
 * Imports a file of past figures.
 *
 * @throws HistoryConflict when other values exist and no resolution is given; Refusal `unreadable-import`
 */
export async function importFile(
  reports: Reports,
  text: string,
  onConflict: OnConflict,
  by: string,
): Promise<ImportResult> {
  try {
    return await reports.import(parsed(text), by, { onConflict })
  } catch (error) {
    throw error instanceof HistoryConflict ? error : unreadable(error)
  }
}

/** Returns the resolution of conflicts. @throws Refusal `reason-missing` when values are replaced without a reason */
export function onConflictOf(
  query: 'keep' | 'replace' | undefined,
  reason: string | undefined,
  by: string,
): OnConflict {
  if (query !== 'replace') return query ?? 'refuse'
  return { replace: { reason: readReason(reason), by } }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable(error)
  }
}

/** Converts an error in a file to a refusal; other errors stay as they are. */
function unreadable(error: unknown): unknown {
  if (error instanceof HistoryError || error instanceof SyntaxError)
    return refuse('unreadable-import', { problems: error.message })
  return error
}

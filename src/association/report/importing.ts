import { HistoryConflict, HistoryError, type Conflict } from '../../platform/figures/history-error.ts'
import type { ImportResult } from '../../platform/figures/figures.ts'
import type { OnConflict } from '../../platform/figures/take-over.ts'
import type { Reports } from './writing/reports.ts'
import { readReason } from './reasons.ts'
import { refuse } from './refusals.ts'

/** What an import would do, and where other values are there already. */
export interface ImportLook {
  result: ImportResult
  conflicts: Conflict[]
}

/**
 * Looks at a file of history without importing anything.
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
 * Imports a file of history.
 *
 * @throws HistoryConflict where other values are there and nobody said which ones stand; Refusal `unreadable-import`
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

/** What somebody wants to stand where other values are there. @throws Refusal `reason-missing` where values are replaced without one */
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

/** What is wrong with a file, as a refusal; anything else as it is. */
function unreadable(error: unknown): unknown {
  if (error instanceof HistoryError || error instanceof SyntaxError)
    return refuse('unreadable-import', { problems: error.message })
  return error
}

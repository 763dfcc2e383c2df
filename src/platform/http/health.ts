import type { Platform } from '../platform.ts'
import { within } from '../within.ts'

/** Milliseconds within which the database answers one that is well. */
const ANSWERS_WITHIN = 2000

/** Whether this process can do its work: 200 when the database answers in time, 503 when it does not. */
export async function readiness({
  database,
  log,
}: Pick<Platform, 'database' | 'log'>): Promise<{ status: 200 | 503; body: { status: string } }> {
  try {
    await within(ANSWERS_WITHIN, database.pool.query('select 1'))
    return { status: 200, body: { status: 'ok' } }
  } catch (error) {
    log.warn({ err: error }, 'the database does not answer')
    return { status: 503, body: { status: 'database away' } }
  }
}

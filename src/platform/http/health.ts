import type { Platform } from '../platform.ts'

/** Whether this process can do its work: 200 when the database answers, 503 when it does not. */
export async function readiness({
  database,
  log,
}: Pick<Platform, 'database' | 'log'>): Promise<{ status: 200 | 503; body: { status: string } }> {
  try {
    await database.pool.query('select 1')
    return { status: 200, body: { status: 'ok' } }
  } catch (error) {
    log.warn({ err: error }, 'the database does not answer')
    return { status: 503, body: { status: 'database away' } }
  }
}

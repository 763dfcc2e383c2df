import { DatabaseError } from 'pg'
import { DatabaseSilent } from './silence.ts'

/** What the system says when a server cannot be reached, or goes in the middle of an answer. */
const SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** The same as pg says it, which gives these errors no code (pg/lib/client.js, pg-pool/index.js). */
const DRIVER =
  /^(Connection terminated|Client (has encountered a connection error|was closed) and is not queryable|timeout exceeded when trying to connect)/

/**
 * PostgreSQL's errors of connections (class 08), of too many of them, of a query that took too long (57014), and of a
 * server that stops or starts (class 57P).
 */
const SERVER = /^(08|53300|57014|57P)/

/** Whether the database is what failed, and not what was asked of it: it will be back. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof DatabaseSilent) return true
  if (error instanceof DatabaseError) return SERVER.test(error.code ?? '')
  return ('code' in error && typeof error.code === 'string' && SYSTEM.has(error.code)) || DRIVER.test(error.message)
}

import { DatabaseError } from 'pg'
import { pino, type DestinationStream, type Logger } from 'pino'

/** What the log keeps of an error. */
interface LoggedError {
  type: string
  message: string
  code?: string
  /** Where in the program, a line each, without the message. */
  stack?: string
  /** Of the database: what the error is about, in names of ours. */
  schema?: string
  table?: string
  column?: string
  constraint?: string
  cause?: LoggedError
  errors?: LoggedError[]
}

/**
 * Lines of JSON on standard output, in UTC, without personal data: of errors only what the program is made of is kept,
 * of requests nothing but what a caller names.
 */
export function openLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => loggedError(error), req: () => undefined, res: () => undefined },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** Errors inside errors are followed this far. */
const DEEPEST = 4

function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: '(not an error)' }
  const code: unknown = 'code' in error ? error.code : undefined
  return {
    type: error.constructor.name,
    message: messageOf(error),
    ...(typeof code === 'string' && { code }),
    ...(error.stack && { stack: framesOf(error.stack) }),
    ...(error instanceof DatabaseError && namesOf(error)),
    ...(error.cause !== undefined && depth < DEEPEST && { cause: loggedError(error.cause, depth + 1) }),
    ...(error instanceof AggregateError &&
      depth < DEEPEST && { errors: error.errors.slice(0, 5).map((one) => loggedError(one, depth + 1)) }),
  }
}

/**
 * Classes of PostgreSQL's errors whose messages speak of the database alone: connections, constraints (by name),
 * transactions, syntax, resources, limits, states, interventions, the system. All others may quote input;
 * `detail` and `where` always may. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const SAFE_CLASSES = ['08', '23', '25', '40', '42', '53', '54', '55', '57', '58', 'XX']

function messageOf(error: Error): string {
  if (error instanceof DatabaseError)
    return SAFE_CLASSES.includes(error.code?.slice(0, 2) ?? '') ? error.message : '(may quote input)'
  // V8 quotes the text that it could not read.
  return error instanceof SyntaxError ? '(may quote what could not be read)' : error.message
}

function namesOf({ schema, table, column, constraint }: DatabaseError): Partial<LoggedError> {
  return {
    ...(schema && { schema }),
    ...(table && { table }),
    ...(column && { column }),
    ...(constraint && { constraint }),
  }
}

/** The frames of a stack alone: what stands above them repeats the message. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at .*(:\d+:\d+\)?|\(native\)|<anonymous>\)?)$/.test(line))
    .map((line) => line.trim())
    .join('\n')
}

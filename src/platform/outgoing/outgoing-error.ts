/**
 * Why an address gave no answer.
 *
 * What we refuse: `address` (no address at all), `scheme`, `credentials` (in the address), `port`, `private-address`,
 * `own-host`. What the network says: `no-such-host`, `dns` (the name servers do not answer), `unreachable`, `refused`,
 * `tls`, `reset`, `timeout`, `bad-answer` (not HTTP). What is too much: `too-large`, `too-many-redirects`. And
 * `stopped`: the caller's own signal.
 */
export type OutgoingReason =
  | 'address'
  | 'scheme'
  | 'credentials'
  | 'port'
  | 'private-address'
  | 'own-host'
  | 'no-such-host'
  | 'dns'
  | 'unreachable'
  | 'refused'
  | 'tls'
  | 'reset'
  | 'timeout'
  | 'bad-answer'
  | 'too-large'
  | 'too-many-redirects'
  | 'stopped'

/** What came instead of an answer; `cause` has the system's own error where there is one. */
export class OutgoingError extends Error {
  override name = 'OutgoingError'
  readonly reason: OutgoingReason

  constructor(reason: OutgoingReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
  }

  /** What a system's or a library's error means here; one of ours stays what it is. */
  static of(error: unknown): OutgoingError {
    if (error instanceof OutgoingError) return error
    return new OutgoingError(reasonOf(codeOf(error)), error instanceof Error ? error.message : String(error), error)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

const REASONS: Record<string, OutgoingReason> = {
  ENOTFOUND: 'no-such-host',
  ENODATA: 'no-such-host',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'too-large',
}

function reasonOf(code: string): OutgoingReason {
  return REASONS[code] ?? 'bad-answer'
}

/** Who asks, and what they may do. */
export interface Caller {
  /** Stays the same when the login changes: what things of theirs are kept under. */
  id: string
  login: string
  /** `link:read`, `link:write` (which includes reading), `moderation:*`, or `api` for everything that the holder may do. */
  scopes: readonly string[]
}

/**
 * Whether a caller's scopes hold one: the same, its service's `write` for `read`, its service's `*`, or `api`.
 *
 * @example
 * may(caller, 'link:read')
 */
export function may({ scopes }: Pick<Caller, 'scopes'>, wanted: string): boolean {
  const [service = '', act] = wanted.split(':')
  return scopes.some((scope) => scope === wanted || scope === 'api' || scope === `${service}:*` || (act === 'read' && scope === `${service}:write`))
}

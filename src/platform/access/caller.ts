import type { Role } from './roles.ts'

/** Who asks, and what they may do. */
export interface Caller {
  /** Number of the account: what things of theirs are kept under. Stays the same when the login changes. */
  id: string
  login: string
  /** As others read it. */
  name: string
  /**
   * `link:read`, `link:write` (which includes reading), `moderation:*`, or `api` for everything that the holder may do.
   */
  scopes: readonly string[]
  /** Roles that are awake. */
  roles: readonly Role[]
}

/**
 * Whether a caller's scopes hold one: the same, its service's `write` for `read`, its service's `*`, or `api`.
 *
 * @example
 * may(caller, 'link:read')
 */
export function may({ scopes }: Pick<Caller, 'scopes'>, wanted: string): boolean {
  const [service = '', act] = wanted.split(':')
  return scopes.some(
    (scope) =>
      scope === wanted ||
      scope === 'api' ||
      scope === `${service}:*` ||
      (act === 'read' && scope === `${service}:write`),
  )
}

/**
 * Whether a caller holds one of some roles; administrators hold them all.
 *
 * @example
 * if (!holds(caller, 'moderator')) throw refuse('not-yours')
 */
export function holds({ roles }: Pick<Caller, 'roles'>, ...wanted: Role[]): boolean {
  return roles.includes('admin') || wanted.some((role) => roles.includes(role))
}

/** The scopes that a token can have, for the running services. */
export function knownScopes(services: readonly string[]): ReadonlySet<string> {
  return new Set([
    'api',
    'moderation:read',
    'moderation:write',
    'moderation:*',
    ...services.flatMap((name) => [`${name}:read`, `${name}:write`]),
  ])
}

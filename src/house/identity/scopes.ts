/** Scopes that a key of a program can have here, for the services that there are. */
export function knownScopes(services: readonly string[]): ReadonlySet<string> {
  return new Set([
    'api',
    'moderation:read',
    'moderation:write',
    'moderation:*',
    ...services.flatMap((name) => [`${name}:read`, `${name}:write`]),
  ])
}

/**
 * The value of a cookie as it was sent; undefined when it was not.
 *
 * @param header the whole `Cookie` header
 */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const found = header?.split('; ').find((part) => part.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}

/**
 * A `Set-Cookie` header for this host alone, out of reach of scripts: the only kind of cookie that we set.
 *
 * @param name begins with `__Host-`, which makes browsers refuse it with any weaker attribute
 * @param seconds how long it is kept
 */
export function hostCookie(name: `__Host-${string}`, value: string, seconds: number): string {
  return `${name}=${value}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Lax`
}

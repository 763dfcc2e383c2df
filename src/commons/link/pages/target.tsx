import type { JSX } from 'preact'

/**
 * Shows a target in full, with the decisive part in bold.
 *
 * @param bold the host, or its registered domain: `brest.fr` of `www.brest.fr`
 */
export function TargetAddress({ url, bold }: { url: string; bold?: string | null }): JSX.Element {
  const { protocol, host, hostname } = new URL(url)
  const strong = bold && hostname.endsWith(bold) ? bold : host
  const at = url.indexOf(host) + (strong === host ? 0 : hostname.length - strong.length)
  return (
    <span class="target">
      {strong === host ? `${protocol}//` : url.slice(0, at)}
      <strong>{strong}</strong>
      {url.slice(at + strong.length)}
    </span>
  )
}

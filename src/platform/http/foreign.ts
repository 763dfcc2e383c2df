import type { FastifyRequest } from 'fastify'
import type { Addresses } from '../addresses.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Whether pages of other sites may ask here, write, and read the answer: for the interfaces of replaced software,
     * which their clients call from anywhere. Such a route looks at no cookie and sets none for such a page.
     */
    isOpenToOtherSites?: boolean
    /**
     * Whether the route decides itself which other sites may ask, and looks at what it needs: for a protocol with rules
     * of its own (OpenID Connect). No session is looked up for it.
     */
    decidesOnSites?: boolean
  }
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request would change something and comes from a page of another site, members' sites beside us included.
 * What says neither where it comes from (`Sec-Fetch-Site`) nor of which origin its page is (`Origin`) is a program.
 */
export function isForeignWrite(
  { method, headers, routeOptions }: FastifyRequest,
  addresses: Addresses,
  service: string,
): boolean {
  if (READS.has(method) || routeOptions.config.isOpenToOtherSites || routeOptions.config.decidesOnSites) return false
  return isForeign(headers, addresses, service)
}

/** Whether a request comes from a page of another site. */
export function isForeign(
  { origin, 'sec-fetch-site': site }: FastifyRequest['headers'],
  addresses: Addresses,
  service: string,
): boolean {
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  return origin !== undefined && origin !== addresses.origin(service)
}

import type { RequestListener } from 'node:http'
import type { Addresses } from '../addresses.ts'

/** What answers to the requests of each host, by the service's name; `unknown` answers to all other hosts. */
export interface Hosts {
  byName: ReadonlyMap<string, RequestListener>
  unknown: RequestListener
}

/**
 * Hands each request to what answers on its host. Fastify's own host constraints match neither ports nor capitals and
 * share one 404, so each host has an instance of its own behind this.
 */
export function dispatch(addresses: Addresses, hosts: Hosts): RequestListener {
  return (request, response) => {
    const name = addresses.named(request.headers.host)
    const listener = (name && hosts.byName.get(name)) || hosts.unknown
    listener(request, response)
  }
}

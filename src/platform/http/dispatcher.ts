import type { RequestListener } from 'node:http'
import type { Addresses } from '../addresses.ts'
import { boundBody } from './slow-body.ts'
import { UNREADABLE } from './unreadable.ts'
import { hasZeroByte } from './zero-bytes.ts'

/** What answers to the requests of each host, by the service's name; `unknown` answers to all other hosts. */
export interface Hosts {
  byName: ReadonlyMap<string, RequestListener>
  unknown: RequestListener
}

/**
 * Hands each request to what answers on its host. Fastify's own host constraints match neither ports nor capitals and
 * share one 404, so each host has an instance of its own behind this. What holds before any host is looked at stands
 * here.
 */
export function dispatch(addresses: Addresses, hosts: Hosts): RequestListener {
  return (request, response) => {
    boundBody(request, response)
    if (hasZeroByte(request.url ?? '')) request.url = UNREADABLE
    const name = addresses.named(request.headers.host)
    const listener = (name && hosts.byName.get(name)) || hosts.unknown
    listener(request, response)
  }
}

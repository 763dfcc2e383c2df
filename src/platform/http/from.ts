import type { FastifyRequest } from 'fastify'
import type { App } from './app.ts'
import type { Proxies } from './proxies.ts'

/** Where a request comes from. */
export interface ClientAddress {
  address: string
  /** Of the asker's side; null when a proxy stands before us and does not tell. */
  port: number | null
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Where it comes from, as far as the proxies that we trust tell. */
    readonly from: ClientAddress
  }
}

/** Lets every request of a host tell where it comes from. */
export function notifyFrom(app: App, proxies: Proxies): void {
  app.decorateRequest('from', {
    getter(this: FastifyRequest): ClientAddress {
      return { address: proxies.addressOf(this.raw), port: proxies.portOf(this.raw) }
    },
  })
}

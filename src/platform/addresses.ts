import { ConfigError } from './config/load.ts'
import type { Config } from './config/settings.ts'
import type { Service } from './service.ts'

/** Hosts of the platform: no service and nothing that is looked up may take them. */
const PLATFORM_HOSTS: readonly string[] = ['static', 'usercontent', 'id', 'moderation', 'geo', 'www']

/** Name of the service that answers on the bare domain. */
const PORTAL = 'portal'

/** Public addresses of everything: the only place that puts scheme, host and port together. */
export class Addresses {
  readonly domain: string
  readonly secure: boolean
  readonly #port: string
  readonly #hosts = new Map<string, string>()
  readonly #aliases = new Map<string, string>()
  readonly #public = new Set<string>()
  /** `Host` headers as browsers write them. */
  readonly #usual = new Map<string, string>()

  /**
   * @param port what the web server really listens on: a default port that was taken has given way to another
   * @throws ConfigError when a service is to have a host that is taken
   */
  constructor(config: Config, services: Service[], port: number) {
    this.domain = config.domain
    this.secure = config.scheme === 'https'
    const visible = config.public_port ?? (this.secure ? 443 : port)
    this.#port = visible === (this.secure ? 443 : 80) ? '' : `:${visible}`
    for (const { name, about, area } of services) {
      const { host, aliases } = config.services[name] ?? { aliases: [] }
      const label = host ?? about.host ?? about.publicName ?? name
      const whole = name === PORTAL ? config.domain : label.includes('.') ? label : `${label}.${config.domain}`
      // The rooms of the house answer on the hosts that are kept for them.
      const holder = this.reserves(whole) && area !== 'house' ? 'the platform' : this.named(whole)
      if (holder)
        throw new ConfigError(`services.${name}.host is "${label}": ${whole} is the host of ${holder} already`)
      this.#hosts.set(name, whole)
      if (about.hasPublicPages) this.#public.add(name)
      for (const alias of [...(about.aliases ?? []).map((one) => `${one}.${config.domain}`), ...aliases])
        this.#aliases.set(alias, name)
    }
    this.#hosts.set('static', `static.${config.domain}`)
    for (const [name, host] of this.#hosts) for (const port of ['', this.#port]) this.#usual.set(host + port, name)
  }

  /** Whether a service has a host here: it is enabled. */
  has(name: string): boolean {
    return this.#hosts.has(name)
  }

  /** Whether a service's pages are public. */
  hasPublicPages(name: string): boolean {
    return this.#public.has(name)
  }

  /** Origins of everything that answers here. */
  get origins(): string[] {
    return [...this.#hosts.keys()].map((name) => this.origin(name))
  }

  /** Host of a service (or `static`), without port. */
  host(name: string): string {
    const host = this.#hosts.get(name)
    if (!host) throw new Error(`no host is known for ${name}`)
    return host
  }

  /** Origin of a service, such as `http://link.localhost:8080`. */
  origin(name: string): string {
    return `${this.secure ? 'https' : 'http'}://${this.host(name)}${this.#port}`
  }

  /** Address of a page of a service; the path begins with `/`. */
  of(name: string, path = '/'): string {
    return this.origin(name) + path
  }

  /** Whether a service is the one on the bare domain. */
  isPortal(name: string): boolean {
    return name === PORTAL
  }

  portal(path = '/'): string {
    return this.of(PORTAL, path)
  }

  /** Name of what answers to a `Host` header (any case, with or without port and final dot), or undefined. */
  named(hostHeader: string | undefined): string | undefined {
    const usual = this.#usual.get(hostHeader ?? '')
    if (usual !== undefined) return usual
    const host = (hostHeader ?? '').toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '')
    for (const [name, known] of this.#hosts) if (known === host) return name
    return host === `www.${this.domain}` ? PORTAL : this.#aliases.get(host)
  }

  /** Whether a host of the platform bears this name (in small letters), though nothing may answer there. */
  reserves(host: string): boolean {
    return PLATFORM_HOSTS.some((one) => host === `${one}.${this.domain}`)
  }
}

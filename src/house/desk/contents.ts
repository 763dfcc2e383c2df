import type { Moderated, ModeratedContent } from '../../platform/moderation/moderated.ts'
import type { HousePlatform } from '../../platform/platform.ts'
import { refuse } from './refusals.ts'

/** A content, by its service and its public id. */
export interface ContentRef {
  service: string
  content: string
}

/** The contents of all services, through their moderation interface. */
export class Contents {
  readonly #platform: HousePlatform

  constructor(platform: HousePlatform) {
    this.#platform = platform
  }

  /** Names of the running services that have contents to moderate. */
  get services(): string[] {
    return [...this.#platform.running].filter(([, { content }]) => content).map(([name]) => name)
  }

  /**
   * The moderation interface of a service.
   *
   * @throws Refusal `no-content` when the service has none
   */
  of(service: string): Moderated {
    const moderated = this.#platform.running.get(service)?.content
    if (!moderated) throw refuse('no-content', { what: service })
    return moderated
  }

  /**
   * The content at an address; the scheme is optional.
   *
   * @throws Refusal `no-address`, `foreign-content` when the host is not ours, `no-content` when the address has no
   * content
   */
  async find(written: string): Promise<ContentRef> {
    const text = written.trim()
    const url = URL.parse(/^https?:\/\//i.test(text) ? text : `https://${text}`)
    if (text === '' || !url) throw refuse('no-address')
    const service = this.#platform.addresses.named(url.host)
    if (service === undefined) throw refuse('foreign-content', { host: url.host })
    const content = await this.#platform.running.get(service)?.content?.find(url.pathname + url.search)
    if (content === undefined) throw refuse('no-content', { what: url.host + url.pathname })
    return { service, content }
  }

  /**
   * Reads a content.
   *
   * @throws Refusal `no-content` when it never existed
   */
  async see({ service, content }: ContentRef): Promise<ModeratedContent> {
    const seen = (await this.of(service).look([content])).get(content)
    if (!seen) throw refuse('no-content', { what: content })
    return seen
  }

  /** Reads contents of several services, with one query for each service. */
  async seeAll<Item extends ContentRef>(
    items: readonly Item[],
  ): Promise<(Item & { seen: ModeratedContent | undefined })[]> {
    const byService = Map.groupBy(items, ({ service }) => service)
    const looked = await Promise.all(
      [...byService].map(
        async ([service, some]) =>
          [
            service,
            await this.#platform.running.get(service)?.content?.look(some.map(({ content }) => content)),
          ] as const,
      ),
    )
    const seen = new Map(looked)
    return items.map((item) => ({ ...item, seen: seen.get(item.service)?.get(item.content) }))
  }
}

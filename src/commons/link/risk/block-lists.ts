import { type DomainBlockList, entriesOf, prefixOf } from './block-list.ts'

/** All block lists, in memory. */
export class DomainBlockLists {
  readonly #lists: readonly DomainBlockList[]

  constructor(lists: readonly DomainBlockList[]) {
    this.#lists = lists.filter(({ size }) => size > 0)
  }

  /** Returns the name of the first list that contains an address. */
  listOf(url: URL): string | undefined {
    if (this.#lists.length === 0) return undefined
    const prefixes = entriesOf(url).map(prefixOf)
    return this.#lists.find((list) => prefixes.some((prefix) => list.has(prefix)))?.name
  }
}

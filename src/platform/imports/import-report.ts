import { printable } from '../cli/printable.ts'

/** Lines of one kind that are printed one by one; beyond, they are only counted. */
const LISTED = 1000

/**
 * What an import tells: lines as it goes, counts in the end. What stands in a source may be hostile: lines are
 * printable.
 */
export class ImportReport {
  readonly #print: (line: string) => void
  readonly #counts = new Map<string, number>()
  readonly #listed = new Map<string, number>()

  constructor(print: (line: string) => void = console.log) {
    this.#print = (line) => print(printable(line))
  }

  /** Counts some of a kind: `links imported`. The counts are printed in the order in which their kinds first came. */
  count(kind: string, many = 1): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + many)
  }

  /** Counts one of a kind, and says which. */
  tell(kind: string, line: string): void {
    this.count(kind)
    const listed = (this.#listed.get(kind) ?? 0) + 1
    this.#listed.set(kind, listed)
    if (listed <= LISTED) this.#print(`${kind}: ${line}`)
    if (listed === LISTED + 1) this.#print(`${kind}: and more, which are only counted`)
  }

  /** Says something once. */
  say(line: string): void {
    this.#print(line)
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** Prints the counts. */
  sum(): void {
    for (const [kind, many] of this.#counts) this.#print(`${String(many).padStart(9)}  ${kind}`)
    if (this.#counts.size === 0) this.#print('there was nothing to import')
  }
}

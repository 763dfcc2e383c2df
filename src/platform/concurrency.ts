/**
 * Does a work with each item, so many at once. After a failure nothing more is begun, and what runs is waited for.
 *
 * @throws the first failure
 */
export async function mapConcurrent<T>(
  items: Iterable<T> | AsyncIterable<T>,
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  const failures: unknown[] = []
  let taking: Promise<unknown> = Promise.resolve()
  /** One at a time: an iterator may not like to be asked twice at once. */
  const take = (): Promise<IteratorResult<T, unknown>> => {
    const next = taking.then(() => rest.next())
    taking = next.catch(() => {})
    return next
  }
  const lane = async () => {
    try {
      for (let next = await take(); !next.done && failures.length === 0; next = await take()) await work(next.value)
    } catch (error) {
      failures.push(error)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  await rest.return?.()
  if (failures.length > 0) throw failures[0]
}

/**
 * Two works at once. When one fails, the other is told to stop, and waited for.
 *
 * @param stop aborted at the first failure, with it
 * @throws the first failure
 */
export async function bothOrNeither<One, Other>(
  one: Promise<One>,
  other: Promise<Other>,
  stop: AbortController,
): Promise<[One, Other]> {
  await Promise.all([one, other].map((work) => work.catch((error: unknown) => stop.abort(error))))
  stop.signal.throwIfAborted()
  return Promise.all([one, other])
}

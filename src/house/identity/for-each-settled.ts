/**
 * Runs `work` for each item in turn; a failure does not stop the others.
 *
 * @returns the number of items for which `work` returned true
 * @throws AggregateError at the end, with every failure
 */
export async function forEachSettled<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<boolean>,
): Promise<number> {
  const errors: unknown[] = []
  let count = 0
  for (const item of items) {
    try {
      if (await work(item)) count++
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0)
    throw new AggregateError(
      errors,
      `${errors.length} could not be done, ${count} were: ${errors.map(String).join('; ')}`,
    )
  return count
}

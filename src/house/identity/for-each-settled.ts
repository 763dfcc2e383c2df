/**
 * Does something for each, one after the other; what fails for one stops nothing for the others.
 *
 * @returns for how many there was something to do
 * @throws AggregateError at the end, with what failed
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

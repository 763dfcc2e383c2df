/** A file of history that cannot be used: each problem with its path in the file and the value found there. */
export class HistoryError extends Error {
  override name = 'HistoryError'
}

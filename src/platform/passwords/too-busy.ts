/** More work at once than the machine's memory allows: shown as 503 with `Retry-After`; nothing was done. */
export class TooBusy extends Error {
  override name = 'TooBusy'
}

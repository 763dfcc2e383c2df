/** What the tests call of the package, which has no types. */
declare module 'yourls-api' {
  type Told = (result: unknown) => void
  interface ShortUrl {
    expand(told: Told): void
    stats(told: Told): void
  }
  interface Yourls {
    connect(url: string, credentials: { signature: string }, options: { format: string; method: string }): void
    shorten(url: string, descriptor: { keyword?: string; title?: string }, told: Told): void
    stats(criteria: { filter: string; limit: number }, told: Told): void
    url(url: string): ShortUrl
    version(db: boolean, told: Told): void
  }
  const yourls: Yourls
  export default yourls
}

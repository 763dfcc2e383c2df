/** Stands for an address that is no address: a percent sign that encodes nothing, a zero byte, an endless name. */
export const UNREADABLE = '/_bagad/unreadable'

/** Fastify's error for an unreadable body, for code that reads bodies itself: shown like Fastify's own. */
class Unreadable extends Error {
  readonly statusCode: number

  constructor(statusCode: number) {
    super(`a body was not read: ${statusCode}`)
    this.statusCode = statusCode
  }
}

/** The body is longer than anything that is read there. */
export function tooLarge(): Error {
  return new Unreadable(413)
}

/** The body has a content type that the route does not read. */
export function unknownForm(): Error {
  return new Unreadable(415)
}

/** The body holds what no text of ours may hold. */
export function badRequest(): Error {
  return new Unreadable(400)
}

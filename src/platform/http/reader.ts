import type { FastifyReply, FastifyRequest } from 'fastify'
import { acceptedLanguage, isLanguage, type Language } from '../language/languages.ts'
import { Reader } from '../language/reader.ts'
import type { Platform } from '../platform.ts'
import { hostCookie, readCookie } from './cookies.ts'

const COOKIE = '__Host-language'
const YEAR = 365 * 24 * 3600

/** One reader a language: they hold no state. */
const readers = new Map<string, Reader>()

/**
 * Who reads a request. The switch (`?lang=en` on any page) is remembered by this host's cookie; then comes what their
 * account says, then what the browser asks for, then the instance's own language. Where pages of other sites may ask
 * there is neither switch nor cookie.
 */
export function readerOf(request: FastifyRequest, { config }: Platform, own?: Language): Reader {
  const accepted = acceptedLanguage(request.headers['accept-language']) ?? config.language
  if (request.routeOptions.config.isOpenToOtherSites) return readerFor(accepted, config.time_zone)
  return readerFor(
    switchedTo(request) ?? rememberedLanguage(request.headers.cookie) ?? own ?? accepted,
    config.time_zone,
  )
}

/** Remembers on this host what the switch says. */
export function rememberSwitch(request: FastifyRequest, reply: FastifyReply): void {
  const wish = request.routeOptions.config.isOpenToOtherSites ? undefined : switchedTo(request)
  if (wish) reply.header('set-cookie', hostCookie(COOKIE, wish, YEAR))
}

function switchedTo({ query }: FastifyRequest): Language | undefined {
  const wish = typeof query === 'object' && query !== null && 'lang' in query ? query.lang : undefined
  return isLanguage(wish) ? wish : undefined
}

function readerFor(language: Language, timeZone: string): Reader {
  const reader = readers.get(language + timeZone) ?? new Reader(language, timeZone)
  readers.set(language + timeZone, reader)
  return reader
}

function rememberedLanguage(cookies: string | undefined): Language | undefined {
  const remembered = readCookie(cookies, COOKIE)
  return isLanguage(remembered) ? remembered : undefined
}

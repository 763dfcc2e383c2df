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
 * Who reads a request. The switch (`?lang=en` on any page) is remembered by this host's cookie; then comes what the
 * browser asks for, then the instance's own language. Where pages of other sites may ask there is neither switch nor cookie.
 */
export function readerOf(request: FastifyRequest, reply: FastifyReply, { config }: Platform): Reader {
  const accepted = acceptedLanguage(request.headers['accept-language']) ?? config.language
  if (request.routeOptions.config.isOpenToOtherSites) return readerFor(accepted, config.time_zone)
  const wish = typeof request.query === 'object' && request.query !== null && 'lang' in request.query ? request.query.lang : undefined
  if (isLanguage(wish)) reply.header('set-cookie', hostCookie(COOKIE, wish, YEAR))
  const language = isLanguage(wish) ? wish : (rememberedLanguage(request.headers.cookie) ?? accepted)
  return readerFor(language, config.time_zone)
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

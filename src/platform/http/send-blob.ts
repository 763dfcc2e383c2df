import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Blobs, ByteRange } from '../blobs/blobs.ts'
import { boundsOf } from '../blobs/bounds.ts'

/** A blob as it is sent. */
export interface SentBlob {
  key: string
  /** Media type. Types that could act in a browser (HTML, SVG, XML…) are sent as attachments alone. */
  type: string
  /** Strong entity tag without its quotes, such as the SHA-256; undefined for what may not be kept. */
  tag?: string | undefined
  /** File name under which it is saved. */
  name?: string
  /** Whether it is saved rather than shown. */
  isAttachment?: boolean
}

/** Types that could act in a browser: they are saved, never shown. */
const ACTIVE = /html|xml|svg|script/

/**
 * Sends a blob, whole or one range of it (RFC 9110, 13 and 14): 200, 206, 304, 404 or 416. Several ranges are answered
 * whole. The blob is read no faster than the client takes it, and no further once the client has left.
 *
 * @param arrived called when the last byte of the blob has been sent: downloads are counted there
 * @returns the reply, to be returned by the route
 */
export async function sendBlob(
  reply: FastifyReply,
  blobs: Blobs,
  { key, type, tag, name, isAttachment = false }: SentBlob,
  arrived: () => void = () => {},
): Promise<FastifyReply> {
  const stat = await blobs.stat(key)
  if (!stat) {
    reply.callNotFound()
    return reply
  }
  const { method, headers } = reply.request
  const etag = tag && `"${tag}"`
  if (etag) reply.header('etag', etag)
  if (etag && matches(headers['if-none-match'], etag)) return reply.code(304).send()

  reply.header('accept-ranges', 'bytes').type(type)
  if (name !== undefined || isAttachment || ACTIVE.test(type))
    reply.header('content-disposition', dispositionOf(isAttachment || ACTIVE.test(type), name))
  const { size } = stat
  // A client that has the beginning of another content gets the whole of this one.
  const range = headers['if-range'] === undefined || headers['if-range'] === etag ? rangeOf(headers.range) : undefined
  const bounds = method === 'GET' && range ? boundsOf(range, size) : { first: 0, last: size - 1 }
  if (!bounds) return reply.code(416).header('content-range', `bytes */${size}`).send()
  const isPart = bounds.last - bounds.first + 1 < size
  if (isPart) reply.code(206).header('content-range', `bytes ${bounds.first}-${bounds.last}/${size}`)
  reply.header('content-length', bounds.last - bounds.first + 1)
  // Of nothing, Fastify would say that it is the length.
  if (method === 'HEAD') return reply.send(Readable.from([]))
  reply.raw.once('close', () => {
    if (reply.raw.writableFinished && bounds.last === size - 1) arrived()
  })
  return reply.send(await blobs.get(key, isPart ? bounds : undefined))
}

/** Whether `If-None-Match` names an entity tag; a weak one does as well (RFC 9110, 13.1.2). */
function matches(named: string | undefined, etag: string): boolean {
  const tags = named?.split(',').map((one) => one.trim().replace(/^W\//, '')) ?? []
  return tags.includes(etag) || tags.includes('*')
}

/** The one range that a header asks for; undefined for several, and for what is no range of bytes. */
function rangeOf(header: string | undefined): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first)
    return last && Number(last) < Number(first)
      ? undefined
      : { first: Number(first), ...(last && { last: Number(last) }) }
  return last ? { suffix: Number(last) } : undefined
}

/** `Content-Disposition` with a name in any script (RFC 6266, 8187), and in plain ones for what reads no others. */
function dispositionOf(isAttachment: boolean, name: string | undefined): string {
  const how = isAttachment ? 'attachment' : 'inline'
  if (name === undefined) return how
  const plain = name.replaceAll(/[^ !#$&+\-.0-9A-Z^_`a-z|~]/g, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return plain === name ? `${how}; filename="${name}"` : `${how}; filename="${plain}"; filename*=UTF-8''${encoded}`
}

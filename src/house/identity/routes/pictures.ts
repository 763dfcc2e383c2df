import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { readParts } from '../../../platform/http/parts.ts'
import { sendBlob } from '../../../platform/http/send-blob.ts'
import { LARGEST_FILE } from '../../../platform/images/redraw.ts'
import { refuse } from '../refusals.ts'
import type { Rooms } from '../rooms.ts'

/** Pictures for everybody who knows their address: applications show them on pages of their own. */
export function pictureRoutes(app: App, { pictures, platform }: Rooms): void {
  void app.register(multipart, { limits: { files: 1, fileSize: LARGEST_FILE, fields: 1, fieldSize: 1000, parts: 2 } })

  app.get('/images/:name', { schema: { params: Type.Object({ name: Type.String() }) } }, async (request, reply) => {
    const { name } = request.params
    const key = /^[0-9a-f]{32}\.webp$/.test(name) ? await pictures.keyOfShown(name) : undefined
    if (!key) throw refuse('not-found')
    reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('cross-origin-resource-policy', 'cross-origin')
    return sendBlob(reply, platform.blobs, { key, type: 'image/webp', tag: name })
  })
}

/**
 * The file of a form.
 *
 * @throws Refusal `picture-odd` when there is none, `picture-large` when it is longer than anything that is looked at
 */
export async function pictureIn(request: FastifyRequest): Promise<Buffer> {
  if (!request.isMultipart()) throw refuse('picture-odd')
  const bytes = await readParts(request.file().then((file) => file?.toBuffer())).catch((error: unknown) => {
    throw error instanceof Error && 'code' in error && error.code === 'FST_REQ_FILE_TOO_LARGE'
      ? refuse('picture-large')
      : error
  })
  if (!bytes || bytes.length === 0) throw refuse('picture-odd')
  return bytes
}

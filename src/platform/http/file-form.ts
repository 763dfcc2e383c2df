import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { App } from './app.ts'
import { readParts } from './parts.ts'
import { ownRefusals } from './refusal-of.ts'

/** A form with files (`multipart/form-data`), read whole. */
export class FileForm {
  /** The fields that are no files. */
  readonly texts: Readonly<Record<string, string>>
  readonly #files: ReadonlyMap<string, Buffer>

  constructor(files: ReadonlyMap<string, Buffer>, texts: Readonly<Record<string, string>>) {
    this.#files = files
    this.texts = texts
  }

  /** The file of a field; undefined when it brought none, or an empty one. */
  optionalFile(field: string): Buffer | undefined {
    const file = this.#files.get(field)
    return file && file.length > 0 ? file : undefined
  }

  /** @throws Refusal `file-missing` when the field brought none, or an empty one */
  file(field: string): Buffer {
    const file = this.optionalFile(field)
    if (!file) throw ownRefusals('file-missing').about(field)
    return file
  }
}

/**
 * Lets the routes of a service take forms with files; what has none is read as ever. To be called before its routes.
 */
export function takeFiles(app: App, { files = 1 } = {}): void {
  void app.register(multipart, { limits: { files, fields: 30, fieldSize: 64 * 1024, parts: files + 30 } })
}

/**
 * Reads a form with files. Its texts become the request's body, so that it is shown again with them when it is refused;
 * its files should come last, since nothing is read after one that is too large. The page's token stands in its
 * address.
 *
 * @param largest bytes of its largest file: all of them are held at once
 * @throws Refusal `file-too-large`; what says its status itself, for a body that cannot be read
 *
 * @example
 * return reply.form(
 *   async () => {
 *     const form = await readFileForm(request, { largest: 2_000_000 })
 *     await lists.add(form.file('list'))
 *     return '/lists'
 *   },
 *   () => reply.page(<Lists />),
 * )
 */
export async function readFileForm(request: FastifyRequest, { largest }: { largest: number }): Promise<FileForm> {
  const files = new Map<string, Buffer>()
  const texts: Record<string, string> = {}
  if (request.isMultipart()) await readParts(readInto(files, texts, request, largest))
  return new FileForm(files, texts)
}

async function readInto(
  files: Map<string, Buffer>,
  texts: Record<string, string>,
  request: FastifyRequest,
  largest: number,
): Promise<void> {
  request.body = texts
  for await (const part of request.parts({ limits: { fileSize: largest } })) {
    if (part.type === 'field') texts[part.fieldname] = String(part.value)
    else
      files.set(
        part.fieldname,
        await part.toBuffer().catch((error: unknown) => {
          throw isTooLarge(error) ? refuseLarge(largest).about(part.fieldname) : error
        }),
      )
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FST_REQ_FILE_TOO_LARGE'
}

function refuseLarge(largest: number) {
  const megabytes = largest / 1e6
  return ownRefusals('file-too-large', {
    largest: { fr: megabytes.toLocaleString('fr'), en: megabytes.toLocaleString('en') },
  })
}

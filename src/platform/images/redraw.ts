import type { Metadata, Sharp, SharpOptions } from 'sharp'
import { ConcurrencyLimiter } from '../limits/concurrency-limiter.ts'

/** How a picture is wanted: cut to fill the frame from its middle, or whole within it; never larger than it came. */
export interface Frame {
  width: number
  height: number
  fit: 'fill' | 'within'
}

/** Why a picture is not taken: it is none of the kinds that we read or is damaged, or it has too many points. */
export class PictureRefused extends Error {
  override name = 'PictureRefused'
  readonly reason: 'unreadable' | 'too-large'

  constructor(reason: 'unreadable' | 'too-large', cause?: unknown) {
    super(`a picture was not taken: ${reason}`, { cause })
    this.reason = reason
  }
}

/** Bytes of a file that are looked at, and points of its picture: a small file can unfold into a very large one. */
export const LARGEST_FILE = 8_000_000
const MOST_POINTS = 50_000_000

/** The same kinds, for a form that asks for a file. */
export const PICTURE_FILES = 'image/jpeg,image/png,image/webp,image/gif'

/** Seconds for one picture, and how many are drawn at once: each may need 200 MB for a moment. */
const SECONDS = 15
const turns = new ConcurrencyLimiter({ atOnce: 1, waiting: 20 })

const OPENING: SharpOptions = { limitInputPixels: MOST_POINTS, failOn: 'truncated', pages: 1 }

/** The kinds that we read, by how their files begin. Drawings (SVG) and documents are none: they could act. */
const KINDS: { format: string; begins: (bytes: Buffer) => boolean }[] = [
  { format: 'jpeg', begins: (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) },
  {
    format: 'png',
    begins: (bytes) => bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
  },
  {
    format: 'webp',
    begins: (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
  },
  { format: 'gif', begins: (bytes) => /^GIF8[79]a/.test(bytes.toString('latin1', 0, 6)) },
]

let library: Promise<(bytes: Buffer, options: SharpOptions) => Sharp> | undefined

/** The library, set up once: one thread a picture, nothing remembered of any. */
function opened(): NonNullable<typeof library> {
  library ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1)
    sharp.cache(false)
    return sharp
  })
  return library
}

/**
 * Draws a stranger's picture anew, as WebP: turned as it is meant to be seen, without anything that stood in the file
 * beside it (place, device, name). The one place where pictures of others are decoded; away from the event loop.
 *
 * @param bytes JPEG, PNG, WebP or GIF, of which the first picture counts; decided by the content, whatever its name
 * says
 * @throws PictureRefused; TooBusy when too many wait already
 */
export async function redraw(bytes: Buffer, { width, height, fit }: Frame): Promise<Buffer> {
  if (bytes.length > LARGEST_FILE) throw new PictureRefused('too-large')
  const kind = KINDS.find(({ begins }) => begins(bytes))
  if (!kind) throw new PictureRefused('unreadable')
  return turns.run(async () => {
    const open = await opened()
    try {
      // What the file says of itself is read without unfolding anything.
      const metadata = await open(bytes, { ...OPENING, limitInputPixels: false }).metadata()
      check(metadata, kind.format)
      return await open(bytes, OPENING)
        .autoOrient()
        .resize({
          ...within(metadata, { width, height, fit }),
          fit: fit === 'fill' ? 'cover' : 'inside',
          withoutEnlargement: fit === 'within',
        })
        .webp({ quality: 82 })
        .timeout({ seconds: SECONDS })
        .toBuffer()
    } catch (error) {
      throw error instanceof PictureRefused ? error : new PictureRefused('unreadable', error)
    }
  })
}

function check({ format, width, height }: Metadata, expected: string): void {
  if (format !== expected) throw new PictureRefused('unreadable')
  if (width * height > MOST_POINTS) throw new PictureRefused('too-large')
}

/** A frame that is filled keeps its shape, and is no larger than the picture's shorter side allows. */
function within({ width, height }: Metadata, frame: Frame): { width: number; height: number } {
  const share = frame.fit === 'fill' ? Math.min(1, Math.min(width, height) / Math.max(frame.width, frame.height)) : 1
  return { width: Math.max(1, Math.round(frame.width * share)), height: Math.max(1, Math.round(frame.height * share)) }
}

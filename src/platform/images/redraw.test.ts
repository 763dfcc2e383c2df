import { deflateSync, crc32 } from 'node:zlib'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { PictureRefused, redraw, type Frame } from './redraw.ts'

const SQUARE: Frame = { width: 64, height: 64, fit: 'fill' }

/** A picture whose left half is red and whose right half is blue. */
const halves = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'red' } }).composite([
    { input: { create: { width: Math.ceil(width / 2), height, channels: 3, background: 'blue' } }, gravity: 'east' },
  ])

/** A PNG of so many points that says so in a few bytes: zeros, folded. */
function bomb(width: number, height: number): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(named))
    return Buffer.concat([length, named, sum])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width)
  head.writeUInt32BE(height, 4)
  head.set([1, 0, 0, 0, 0], 8)
  const rows = deflateSync(Buffer.alloc(height * (Math.ceil(width / 8) + 1)))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const why = (bytes: Buffer) =>
  redraw(bytes, SQUARE).then(
    () => 'taken',
    (error: unknown) => (error instanceof PictureRefused ? error.reason : String(error)),
  )

test.each(['jpeg', 'png', 'webp', 'gif'] as const)(
  '%s comes out as WebP, cut to a square from its middle',
  async (format) => {
    const drawn = await redraw(await halves(300, 100).toFormat(format).toBuffer(), SQUARE)
    const { data, info } = await sharp(drawn).raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height, (await sharp(drawn).metadata()).format]).toEqual([64, 64, 'webp'])
    const [left, right] = [data.subarray(0, 3), data.subarray(63 * info.channels, 63 * info.channels + 3)]
    expect([left[0], right[2]].every((value) => value !== undefined && value > 200)).toBe(true)
  },
)

test('a small picture is not blown up; one that is wanted whole keeps its shape', async () => {
  const small = await halves(20, 30).png().toBuffer()
  expect(await sharp(await redraw(small, SQUARE)).metadata()).toMatchObject({ width: 20, height: 20 })
  expect(
    await sharp(await redraw(await halves(300, 100).png().toBuffer(), { ...SQUARE, fit: 'within' })).metadata(),
  ).toMatchObject({ width: 64, height: 21 })
})

test('a picture is turned as it is meant to be seen, and nothing that stood beside it is kept', async () => {
  const told = await halves(100, 50)
    .jpeg()
    .withExif({ IFD0: { Make: 'Appareil de Maëlle' }, IFD3: { GPSLatitude: '48/1 23/1 0/1', GPSLatitudeRef: 'N' } })
    .withMetadata({ orientation: 6 })
    .toBuffer()
  const turned = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  expect(turned.length).toBeGreaterThan(0)
  const drawn = await redraw(told, { width: 100, height: 100, fit: 'within' })
  const { width, height, exif, icc, xmp, orientation } = await sharp(drawn).metadata()
  expect({ width, height, exif, icc, xmp, orientation }).toEqual({ width: 50, height: 100 })
  expect(drawn.includes('Maëlle')).toBe(false)
  const { data, info } = await sharp(drawn).raw().toBuffer({ resolveWithObject: true })
  // Turned by a quarter, what was left is above.
  expect(
    [data[0], data[(info.height - 1) * info.width * info.channels + 2]].every(
      (value) => value !== undefined && value > 200,
    ),
  ).toBe(true)
})

test('a bomb is refused by what it says of itself, before anything is unfolded', async () => {
  const small = bomb(20_000, 20_000)
  expect(small.length).toBeLessThan(100_000)
  expect(await why(small)).toBe('too-large')
  expect(await why(bomb(60_000, 1000))).toBe('too-large')
  expect(await why(Buffer.alloc(8_000_001))).toBe('too-large')
})

test('what is cut off, damaged, of another kind or says that it is another one is refused', async () => {
  const jpeg = await halves(400, 400).jpeg().toBuffer()
  const png = await halves(400, 400).png().toBuffer()
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><script>alert(1)</script></svg>',
  )
  const [tiff, avif] = [await halves(10, 10).tiff().toBuffer(), await halves(10, 10).avif().toBuffer()]
  const none = [
    jpeg.subarray(0, jpeg.length / 2),
    png.subarray(0, png.length - 60),
    svg,
    tiff,
    avif,
    Buffer.from('%PDF-1.7'),
    Buffer.alloc(0),
  ]
  none.push(Buffer.concat([jpeg.subarray(0, 3), svg]), Buffer.concat([Buffer.from('GIF89a'), png]))
  for (const bytes of none) expect(await why(bytes), bytes.toString('latin1', 0, 12)).toBe('unreadable')
})

test('while one is drawn, others wait, and too many are told to come back; the event loop goes on', async () => {
  const large = await halves(5000, 5000).jpeg().toBuffer()
  let turns = 0
  const beat = setInterval(() => turns++, 5)
  const answers = await Promise.allSettled(
    Array.from({ length: 24 }, (_, index) => redraw(index === 0 ? large : large.subarray(0, 20_000), SQUARE)),
  )
  clearInterval(beat)
  const told = answers.map((answer) => (answer.status === 'fulfilled' ? 'drawn' : answer.reason.name))
  expect([told[0], told.filter((one) => one === 'TooBusy').length]).toEqual(['drawn', 3])
  expect(turns).toBeGreaterThan(3)
})

import qrcode from 'qrcode'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { qrCode } from './qr-code.ts'

const ADDRESS = 'https://link.example.org/venir'

test.each([
  [50, 0],
  [333, 4],
  [1024, 4],
  [4000, 100],
])('a picture of %i points with %i modules around shows every module', async (size, margin) => {
  const { modules } = qrcode.create(ADDRESS, {})
  const { data, info } = await sharp(await qrCode(ADDRESS, { size, margin })).greyscale().raw().toBuffer({ resolveWithObject: true }) // prettier-ignore
  expect([info.width, info.height]).toEqual([size, size])
  const side = modules.size + 2 * margin
  const pointOf = (module: number) => Math.ceil(((module + margin) * size) / side)
  const wrong: [number, number][] = []
  for (let row = -margin; row < modules.size + margin; row++)
    for (let column = -margin; column < modules.size + margin; column++) {
      const isInside = row >= 0 && column >= 0 && row < modules.size && column < modules.size
      const isDark = isInside && modules.get(row, column) !== 0
      if ((data[pointOf(row) * size + pointOf(column)] === 0) !== isDark) wrong.push([row, column])
    }
  expect(wrong).toEqual([])
})

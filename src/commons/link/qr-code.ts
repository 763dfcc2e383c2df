import qrcode from 'qrcode'
import sharp from 'sharp'

/**
 * Draws the QR code of an address as PNG, in black and white. sharp draws it outside the event loop: the encoder of
 * `qrcode` would block it for four seconds at 4000 pixels.
 *
 * @param frame pixels of its side, or of the side of each module; its quiet zone in modules
 */
export async function qrCode(
  address: string,
  { margin, ...frame }: ({ size: number } | { scale: number }) & { margin: number },
): Promise<Buffer> {
  const { modules } = qrcode.create(address, {})
  const side = modules.size + 2 * margin
  const size = 'size' in frame ? frame.size : side * frame.scale
  const points = Buffer.alloc(side * side, 255)
  for (let row = 0; row < modules.size; row++)
    for (let column = 0; column < modules.size; column++)
      if (modules.get(row, column)) points[(row + margin) * side + column + margin] = 0
  return sharp(points, { raw: { width: side, height: side, channels: 1 } })
    .resize(size, size, { kernel: 'nearest' })
    .png({ palette: true, colours: 2 })
    .toBuffer()
}

import { qrCode } from '../../qr-code.ts'

/** A line of base64 (RFC 2045), as Perl writes it. */
const LINE = /.{1,76}/g

/** Encodes a QR code as Lstu does: PNG in base64, in lines of 76 characters that each end with `\n`. */
export async function codeOf(short: string): Promise<string> {
  const picture = await qrCode(short, { scale: 4, margin: 4 })
  return picture.toString('base64').replaceAll(LINE, '$&\n')
}

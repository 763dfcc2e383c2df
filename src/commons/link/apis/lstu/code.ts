import { qrCode } from '../../qr-code.ts'

/** Characters of a line of base64 (RFC 2045), as Perl writes it. */
const LINE = /.{1,76}/g

/** A QR code as Lstu sends it: PNG as base64 in lines of 76 characters, each ended by `\n`. */
export async function codeOf(short: string): Promise<string> {
  const picture = await qrCode(short, { scale: 4, margin: 4 })
  return picture.toString('base64').replaceAll(LINE, '$&\n')
}

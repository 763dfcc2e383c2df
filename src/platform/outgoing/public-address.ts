import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** The part of IPv6 that IANA gives to the public; what is special inside is known to ipaddr.js. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/** NAT64 (RFC 6052): a network without IPv4 reaches it under this prefix; the last four bytes are the address meant. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')

/** Public by number, but answered by the machine room itself: Azure's wire server. */
const METADATA = ipaddr.IPv4.parse('168.63.129.16')

/**
 * The address to connect to, when it is one of the public internet: neither this machine nor its network, nor one of
 * them in the disguise of another notation (IPv4 mapped into IPv6, NAT64; 6to4 and Teredo are refused whole).
 *
 * Source: the IANA registries of special-purpose addresses (RFC 6890).
 *
 * @param text an IPv4 or IPv6 address, without brackets
 * @returns undefined when it is not public, or no address
 */
export function publicAddress(text: string): string | undefined {
  if (isIP(text) === 0 || text.includes('%')) return undefined
  const address = ipaddr.process(text)
  const isPublic = address instanceof ipaddr.IPv4 ? isPublicIPv4(address) : isPublicIPv6(address)
  return isPublic ? address.toString() : undefined
}

function isPublicIPv4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && !address.match(METADATA, 32)
}

function isPublicIPv6(address: ipaddr.IPv6): boolean {
  if (address.match(NAT64)) return isPublicIPv4(new ipaddr.IPv4(address.toByteArray().slice(12)))
  return address.range() === 'unicast' && address.match(GLOBAL_UNICAST)
}

import ipaddr from 'ipaddr.js'

/**
 * What one stranger is, for counting: an IPv4 address, or the /64 of an IPv6 address, since every home has that many.
 *
 * @returns `192.0.2.7`, `2001:db8:1:2::/64`; the text itself when it is no address
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  if (parsed instanceof ipaddr.IPv4) return parsed.toString()
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/64`).toString()}/64`
}

import type { Addresses } from '../addresses.ts'

/**
 * What every answer of our own hosts carries, whatever it is; the numbers in tests/baseline.ts are those of OWASP's
 * ASVS 5.0.
 */
export function securityHeaders(addresses: Addresses): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy':
      'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()',
    'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    // Never includeSubDomains: members' sites are our siblings, and it would bind them for two years.
    ...(addresses.secure && { 'strict-transport-security': 'max-age=63072000' }),
  }
}

/** What one page needs beyond the policy of all pages. */
export interface Allowance {
  /** Origins that a form of the page may end at: Chromium holds the redirects that follow a form to this too. */
  formAction?: readonly string[]
  /** Origins whose pages may stand in frames of this one. */
  frames?: readonly string[]
}

/**
 * The policy of a page: scripts only by this answer's nonce, styles and fonts from our static host, no frame around it.
 */
export function pagePolicy(
  addresses: Addresses,
  nonce: string,
  { formAction = [], frames = [] }: Allowance = {},
): string {
  const statics = addresses.origin('static')
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src ${statics} 'nonce-${nonce}'`,
    `img-src 'self' ${statics} data: blob:`,
    "connect-src 'self'",
    `font-src ${statics}`,
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    ["form-action 'self'", ...formAction].join(' '),
    "base-uri 'none'",
    "object-src 'none'",
    ...(frames.length > 0 ? [`frame-src ${frames.join(' ')}`] : []),
    "frame-ancestors 'none'",
  ].join('; ')
}

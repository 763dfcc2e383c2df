import type { Addresses } from '../../platform/addresses.ts'
import { refusalOf } from '../../platform/http/refusal-of.ts'
import type { Reports } from './reports.ts'

/** Where the demonstration's reports come from: documentation's networks (RFC 5737). */
const FROM = ['192.0.2.10', '198.51.100.20']

/** Two reports about links of the demonstration; they count once however often this runs. */
export async function plantDemonstration({
  reports,
  addresses,
}: {
  reports: Reports
  addresses: Addresses
}): Promise<void> {
  if (!addresses.has('link')) return
  const said = [
    { slug: 'bus', category: 'other', explanation: 'Ce lien mène à une page qui a changé d’adresse.' },
    {
      slug: 'chatons',
      category: 'spam',
      explanation: 'Reçu trois fois par courriel cette semaine. Est-ce bien vous ?',
    },
  ] as const
  for (const [index, { slug, category, explanation }] of said.entries()) {
    const from = { address: FROM[index] ?? '192.0.2.10', port: null }
    await reports
      .take({ urls: [addresses.of('link', `/${slug}`)], category, explanation, language: 'fr', from })
      .catch((error: unknown) => {
        // A link that somebody has deleted is no example any more.
        if (!refusalOf(error)) throw error
      })
  }
}

import type { Addresses } from '../../platform/addresses.ts'
import { refusalOf } from '../../platform/http/refusal-of.ts'
import type { Reports } from './reports.ts'

/** Network addresses of the demonstration's reports (RFC 5737, documentation). */
const FROM = ['192.0.2.10', '198.51.100.20']

/** Creates two reports about links of the demonstration. Idempotent: repeated reports count once. */
export async function fillDemonstration({
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
        // A link that a visitor has deleted is no example any more.
        if (!refusalOf(error)) throw error
      })
  }
}

import type { Usage } from '../../platform/offers/usage.ts'
import type { LinkContext } from './context.ts'

/** What an account uses of link: its links; no line without one. */
export async function usageOf({ linkList, about, addresses }: LinkContext, account: string): Promise<Usage[]> {
  const { links } = await linkList.totals(account)
  const value = { fr: String(links), en: String(links) }
  return links === 0 ? [] : [{ label: about.name, value, address: addresses.of('link', '/_sso?next=/stats') }]
}

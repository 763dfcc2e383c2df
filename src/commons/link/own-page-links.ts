import type { Offers } from '../../platform/offers/offers.ts'
import type { LinkContext } from './context.ts'

/**
 * The offer `link.shorten`: a short link to a page of another service of this instance.
 *
 * @throws Error for any other address: strangers' addresses come in by the form, which judges them
 */
export async function shortenOwnPage(
  { links, addresses }: LinkContext,
  { url, account, from }: Parameters<Offers['link.shorten']>[0],
): ReturnType<Offers['link.shorten']> {
  if (addresses.named(URL.parse(url)?.host) === undefined)
    throw new Error('only pages of this instance are shortened so')
  const known = await links.findByTarget(url, account ?? null)
  const creator =
    account === undefined ? ({ kind: 'stranger', from } as const) : ({ kind: 'holder', id: account, from } as const)
  const { slug } = known ?? (await links.shorten({ url }, creator))
  return { address: addresses.of('link', `/${slug}`) }
}

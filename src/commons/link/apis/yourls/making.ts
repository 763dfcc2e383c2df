import { Refusal } from '../../../../platform/refusals.ts'
import type { LinkContext } from '../../context.ts'
import type { Link } from '../../link.ts'
import { hasScheme } from '../../targets.ts'
import { refuse } from '../../refusals.ts'
import type { Member } from '../../admission-policy.ts'
import type { Fields } from '../fields.ts'
import type { Outcome } from './formats.ts'
import { momentOf, shortOf } from './link-of-yourls.ts'

/**
 * `action=shorturl`: creates a link of the account. An address that the account has already shortened gives a failure
 * with all fields of its link.
 */
export async function shorten(
  { url = '', keyword = '', title = '' }: Fields,
  holder: Member,
  context: LinkContext,
): Promise<Outcome> {
  try {
    if (url.trim() && !hasScheme(url)) throw refuse('not-an-address')
    const known = await context.links.findByTarget(url, holder.id)
    if (known) return alreadyThere(known, context)
    return made(await context.links.shorten({ url, slug: keyword, title, source: 'yourls' }, holder), context)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return failed(...reasonOf(error, keyword.trim()))
  }
}

function made(link: Link, context: LinkContext): Outcome {
  const { slug: keyword, url } = link
  const title = link.title ?? url
  const short = shortOf(keyword, context)
  return {
    fields: {
      status: 'success',
      code: '',
      message: `${url} added to database`,
      errorCode: '',
      statusCode: '200',
      url: { keyword, url, title, date: momentOf(link, context), ip: '' },
      title,
      shorturl: short,
    },
    simple: short,
  }
}

function alreadyThere(link: Link, context: LinkContext): Outcome {
  const { slug: keyword, url, clicks } = link
  const title = link.title ?? url
  const short = shortOf(keyword, context)
  return {
    fields: {
      status: 'fail',
      code: 'error:url',
      message: `${url} already exists in database (short URL: ${short.replace(/^https?:\/\//, '')})`,
      errorCode: '400',
      statusCode: '400',
      url: { keyword, url, title, date: momentOf(link, context), ip: '', clicks },
      title,
      shorturl: short,
    },
    simple: short,
  }
}

function failed(code: string, message: string): Outcome {
  return { fields: { status: 'fail', code, message, errorCode: '400', statusCode: '400' }, simple: '' }
}

/** Returns YOURLS's code and message for a refusal; its messages are English because clients compare them. */
function reasonOf(refusal: Refusal, keyword: string): [code: string, message: string] {
  switch (refusal.type) {
    case 'link/no-address':
    case 'link/not-an-address':
    case 'link/unsupported-scheme':
      return ['error:nourl', 'Missing or malformed URL']
    case 'link/own-address':
      return ['error:noloop', 'URL is a short URL']
    default: {
      if (refusal.field === 'slug')
        return ['error:keyword', `Short URL ${keyword} already exists in database or is reserved`]
      const { title, detail } = refusal.in('en')
      return [refusal.type.replace('link/', 'error:'), `${title} ${detail}`]
    }
  }
}

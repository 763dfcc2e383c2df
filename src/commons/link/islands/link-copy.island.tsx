import { ArrowRight } from 'lucide-static'
import { Icon } from '../../../platform/pages/icon.tsx'
import { island } from '../../../platform/pages/island.tsx'
import type { ResultWords } from '../pages/part-words.ts'
import { Result } from '../pages/result.tsx'

interface Props {
  [key: string]: string | boolean | ResultWords | undefined
  short: string
  url: string
  domain?: string
  manage?: string
  isHeld: boolean
  isHeldBack: boolean
  isYoung: boolean
  /** Whether this is the page of the link (`/venir+`). */
  isOwnPage: boolean
  words: ResultWords
}

/** The result on its own page, with a copy button. */
export const LinkCopy = island(
  'link/link-copy',
  function LinkCopy({ short, url, domain, manage, isHeld, isHeldBack, isYoung, isOwnPage, words }: Props) {
    return (
      <Result
        link={{ short, url, ...(domain && { domain }), ...(manage && { manage }), isHeld, isHeldBack, isYoung }}
        words={words}
      >
        {isOwnPage ? (
          <a class="button quiet" href={short} rel="nofollow">
            <Icon svg={ArrowRight} />
            {words.go}
          </a>
        ) : undefined}
      </Result>
    )
  },
)

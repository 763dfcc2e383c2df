import { island } from '../../../platform/pages/island.tsx'
import type { ResultWords } from '../pages/part-words.ts'
import { Result } from '../pages/result.tsx'

interface Props {
  [key: string]: string | boolean | ResultWords | undefined
  short: string
  url: string
  manage?: string
  isHeld: boolean
  isYoung: boolean
  isOwnPage: boolean
  words: ResultWords
}

/** The result on a page of its own, with a button that copies. */
export const LinkCopy = island('link/link-copy', function LinkCopy({ short, url, manage, isHeld, isYoung, isOwnPage, words }: Props) {
  return (
    <Result link={{ short, url, ...(manage && { manage }), isHeld, isYoung }} words={words}>
      {isOwnPage ? <></> : undefined}
    </Result>
  )
})

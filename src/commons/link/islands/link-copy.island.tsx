import { island } from '../../../platform/pages/island.tsx'
import type { PartWords } from '../pages/part-words.ts'
import { Result } from '../pages/result.tsx'

/** The result on a page of its own, with a button that copies. */
export const LinkCopy = island('link/link-copy', function LinkCopy({ short, url, words }: { short: string; url: string; words: PartWords }) {
  return (
    <Result short={short} url={url} words={words}>
      <></>
    </Result>
  )
})

import { useEffect, useRef } from 'preact/hooks'
import { island } from '../../../platform/pages/island.tsx'

/** Milliseconds to read before Enter continues. */
const READING = 2000

interface Props {
  [key: string]: string | { go: string }
  url: string
  words: { go: string }
}

/** The link to the target. It gets the focus only after the reading time. */
export const GoOn = island('link/go-on', function GoOn({ url, words }: Props) {
  const link = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    const waiting = setTimeout(() => document.activeElement === document.body && link.current?.focus(), READING)
    return () => clearTimeout(waiting)
  }, [])
  return (
    <p>
      <a ref={link} class="button" href={url} rel="nofollow noopener">
        {words.go}
      </a>
    </p>
  )
})

import { useEffect, useRef } from 'preact/hooks'
import { island } from '../../../platform/pages/island.tsx'

/** Milliseconds in which one may read before Enter goes on. */
const READING = 2000

interface Props {
  [key: string]: string | { go: string }
  url: string
  words: { go: string }
}

/** The way on, which takes the keyboard only once there was time to read. */
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

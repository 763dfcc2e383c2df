import { useEffect, useRef } from 'preact/hooks'
import { island } from '../../../platform/pages/island.tsx'

interface Props {
  [key: string]: string
  /** Address of the form, up to the address to shorten. */
  form: string
  words: string
}

/** A button to drag to the bookmarks, which shortens the current page; a click here does nothing. */
export const Bookmarklet = island('link/bookmarklet', function Bookmarklet({ form, words }: Props) {
  const link = useRef<HTMLAnchorElement>(null)
  // Only the browser turns it into a script: no page of ours has a script in an address.
  useEffect(
    () => link.current?.setAttribute('href', `javascript:location.href='${form}'+encodeURIComponent(location.href)`),
    [form],
  )
  return (
    <p class="needs-script">
      <a ref={link} class="button quiet" href="/" onClick={(event) => event.preventDefault()}>
        {words}
      </a>
    </p>
  )
})

import { useState } from 'preact/hooks'
import { island } from '../../../platform/pages/island.tsx'

interface Props {
  [key: string]: string | boolean | { show: string; hide: string }
  src: string
  alt: string
  /** Always small and blurred: for content that concerns a minor. */
  isTiny: boolean
  words: { show: string; hide: string }
}

/** A reported picture: small, grey and blurred until the moderator reveals it. Without scripts it stays so. */
export const Blurred = island('desk/blurred', function Blurred({ src, alt, isTiny, words }: Props) {
  const [isSharp, setSharp] = useState(false)
  return (
    <figure class={isTiny ? 'blurred tiny' : isSharp ? 'blurred sharp' : 'blurred'}>
      <img src={src} alt={alt} width={isTiny ? 64 : 200} loading="lazy" />
      {!isTiny && (
        <figcaption class="needs-script">
          <button
            type="button"
            class="button quiet"
            data-key="u"
            aria-pressed={isSharp ? 'true' : 'false'}
            onClick={() => setSharp(!isSharp)}
          >
            {isSharp ? words.hide : words.show}
          </button>
        </figcaption>
      )}
    </figure>
  )
})

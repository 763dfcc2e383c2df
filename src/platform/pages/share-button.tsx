import { Share2 } from 'lucide-static'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

/**
 * Hands an address to whatever the device shares with; belongs inside an island, and is there only where that exists.
 */
export function ShareButton({ url, words }: { url: string; words: { act: string } }): JSX.Element | null {
  const [canShare, setCanShare] = useState(false)
  useEffect(() => setCanShare('share' in navigator), [])
  if (!canShare) return null
  return (
    <button type="button" class="button quiet" onClick={() => void navigator.share({ url }).catch(() => {})}>
      <Icon svg={Share2} />
      {words.act}
    </button>
  )
}

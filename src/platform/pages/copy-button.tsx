import { Check, Copy } from 'lucide-static'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

/**
 * Copies a text with one tap; belongs inside an island. Where the clipboard is closed to us, it selects the text that
 * stands on the page instead, and says so.
 *
 * @param select id of the element that shows the text
 */
export function CopyButton({
  text,
  select,
  isQuiet = false,
  words,
}: {
  text: string
  select: string
  isQuiet?: boolean
  words: { act: string; done: string; failed: string }
}): JSX.Element {
  const [state, setState] = useState<'act' | 'done' | 'failed'>('act')
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      setState('done')
    } catch {
      const shown = document.getElementById(select)
      if (shown) getSelection()?.selectAllChildren(shown)
      setState('failed')
    }
    setTimeout(() => setState('act'), 4000)
  }
  return (
    <button type="button" class={`button needs-script${isQuiet ? ' quiet' : ''}`} onClick={() => void copy()}>
      <Icon svg={state === 'done' ? Check : Copy} />
      <span aria-live="polite">{words[state]}</span>
    </button>
  )
}

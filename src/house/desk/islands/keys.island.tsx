import { useLayoutEffect, useState } from 'preact/hooks'
import { island } from '../../../platform/pages/island.tsx'

/** The localStorage key for switching shortcuts off. */
const OFF = 'desk-keys-off'

interface Props {
  [key: string]: { title: string; on: string; off: string; lines: string[] }
  words: { title: string; on: string; off: string; lines: string[] }
}

/**
 * Single-key shortcuts for moderators: each activates the link, button or checkbox with its `data-key`. They can be
 * switched off, and are inactive during text input (WCAG 2.1.4).
 */
export const Keys = island('desk/keys', function Keys({ words }: Props) {
  const [isOn, setOn] = useState(true)
  // Before the first paint: a fast moderator presses the next key at once.
  useLayoutEffect(() => setOn(localStorage.getItem(OFF) === null), [])
  useLayoutEffect(() => {
    if (!isOn) return undefined
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [isOn])
  const toggle = () => {
    if (isOn) localStorage.setItem(OFF, '1')
    else localStorage.removeItem(OFF)
    setOn(!isOn)
  }
  return (
    <details class="options needs-script">
      <summary>{words.title}</summary>
      <ul class="keys">
        {words.lines.map((line) => (
          <li>{line}</li>
        ))}
      </ul>
      <p>
        <button type="button" class="button quiet" onClick={toggle} aria-pressed={isOn ? 'true' : 'false'}>
          {isOn ? words.off : words.on}
        </button>
      </p>
    </details>
  )
})

function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isWriting(event.target)) return
  const marked = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`)
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  if (marked) marked.click()
  else if ((event.key === 'j' || event.key === 'k') && rows.length > 0) {
    const at = rows.indexOf(
      document.activeElement instanceof HTMLElement ? document.activeElement : (rows[0] ?? document.body),
    )
    rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === 'j' ? 1 : -1)))]?.focus()
  } else return
  event.preventDefault()
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.matches('input:not([type=checkbox], [type=radio]), textarea, select') || target.isContentEditable)
  )
}

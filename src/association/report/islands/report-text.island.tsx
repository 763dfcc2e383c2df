import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { island, type IslandProps } from '../../../platform/pages/island.tsx'
import { sendJson } from '../../../platform/pages/send-json.ts'

interface Props extends IslandProps {
  year: number
  body: string
  inserts: { label: string; text: string }[]
  words: { text: string; hint: string; insert: string; search: string; close: string; nothing: string }
}

/** Milliseconds after the last keystroke before the preview is refreshed. */
const PAUSE = 700

/** The article of a report in its page. */
const ARTICLE = /<article class="report"[^>]*>([\s\S]*)<\/article>/

/** Options shown at once. */
const SHOWN = 12

function Text({ year, body, inserts, words }: Props): JSX.Element {
  const text = useRef<HTMLTextAreaElement>(null)
  const dialog = useRef<HTMLDialogElement>(null)
  const [query, setQuery] = useState('')
  const timer = useRef<number>(undefined)
  const place = useRef<[from: number, to: number]>([0, 0])

  useEffect(() => () => window.clearTimeout(timer.current), [])

  const follow = () => {
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => void refresh(year, text.current), PAUSE)
  }
  const open = () => {
    // The dialog takes the caret position away.
    place.current = [text.current?.selectionStart ?? 0, text.current?.selectionEnd ?? 0]
    setQuery('')
    dialog.current?.showModal()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const area = text.current
    if (event.key !== '/' || !area) return
    const before = area.value[area.selectionStart - 1] ?? '\n'
    if (!/\s/.test(before)) return
    event.preventDefault()
    open()
  }
  const insert = (what: string) => {
    dialog.current?.close()
    const area = text.current
    if (!area) return
    area.focus()
    area.setRangeText(what, ...place.current, 'end')
    follow()
  }

  const found = matching(inserts, query)
  return (
    <div>
      <label for="body">{words.text}</label>
      <textarea
        ref={text}
        id="body"
        name="body"
        rows={28}
        defaultValue={body}
        aria-describedby="body-hint"
        onKeyDown={onKeyDown}
        onInput={follow}
      />
      <p class="hint" id="body-hint">
        {words.hint}
      </p>
      <button class="button quiet needs-script" type="button" onClick={open}>
        {words.insert}
      </button>
      <dialog ref={dialog} class="inserts" aria-label={words.insert}>
        <Choices found={found} query={query} setQuery={setQuery} insert={insert} words={words} />
        <button class="button quiet" type="button" onClick={() => dialog.current?.close()}>
          {words.close}
        </button>
      </dialog>
    </div>
  )
}

/**
 * The text editor of a report: `/` at the beginning of a word opens the choice of what to insert, and the preview
 * follows.
 */
export const ReportText = island('report/report-text', Text)

interface ChoicesProps {
  found: Props['inserts']
  query: string
  setQuery: (query: string) => void
  insert: (text: string) => void
  words: Props['words']
}

function Choices({ found, query, setQuery, insert, words }: ChoicesProps): JSX.Element {
  const [first] = found
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    if (first) insert(first.text)
  }
  return (
    <>
      <label for="insert-wish">{words.search}</label>
      <input
        type="search"
        id="insert-wish"
        value={query}
        autoComplete="off"
        autoFocus
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <ul>
        {found.map(({ label, text }) => (
          <li>
            <button type="button" onClick={() => insert(text)}>
              {label}
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p>{words.nothing}</p>}
    </>
  )
}

/** Returns the inserts whose name contains all words of the query, ignoring accents. */
function matching(inserts: Props['inserts'], query: string): Props['inserts'] {
  const wanted = plain(query).split(/\s+/).filter(Boolean)
  return inserts
    .filter(({ label, text }) => wanted.every((word) => plain(`${label} ${text}`).includes(word)))
    .slice(0, SHOWN)
}

function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/** Refreshes the preview of the current text; after an error the last one stays. */
async function refresh(year: number, area: HTMLTextAreaElement | null): Promise<void> {
  const form = area?.form
  const shown = document.querySelector('#preview-page')
  if (!form || !shown) return
  const fields = new FormData(form)
  try {
    const answer = await sendJson(`/reports/${year}/preview`, { title: fields.get('title'), body: fields.get('body') })
    if (!answer.ok) return
    // Only the article: the rest of that page has styles under another nonce.
    const article = ARTICLE.exec(await answer.text())?.[1]
    if (article !== undefined)
      shown.replaceChildren(...new DOMParser().parseFromString(article, 'text/html').body.childNodes)
  } catch {
    // The server is away: the text stays, and the next keystroke tries again.
  }
}

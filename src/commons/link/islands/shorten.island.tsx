import type { TargetedSubmitEvent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { island } from '../../../platform/pages/island.tsx'
import type { PartWords } from '../pages/part-words.ts'
import { Result } from '../pages/result.tsx'

interface Complaint extends Record<string, string> {
  title: string
  detail: string
}

interface Props extends Record<string, string | Complaint | PartWords | null> {
  text: string
  error: Complaint | null
  words: PartWords
}

/** The form, which works as a plain form too; with a script, the result takes its place without another page. */
export const Shorten = island('link/shorten', function Shorten({ text, error: firstError, words }: Props) {
  const [error, setError] = useState(firstError)
  const [isBusy, setBusy] = useState(false)
  const [link, setLink] = useState<{ short: string; url: string }>()
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (link) place.current?.focus()
  }, [link])

  async function submit(event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    const url = new FormData(event.currentTarget).get('url')
    try {
      const answer = await fetch('/api/v1/links', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ url }),
        signal: AbortSignal.timeout(20_000),
      })
      const told = await answer.json()
      if (answer.ok) setLink(told)
      setError(answer.ok ? null : { title: told.title, detail: told.detail })
    } catch {
      setError({ title: words.away, detail: '' })
    } finally {
      setBusy(false)
    }
  }

  if (link) {
    return (
      <div ref={place} tabIndex={-1} aria-live="polite">
        <Result short={link.short} url={link.url} words={words} />
        <p>
          <a href="/" onClick={(event) => (event.preventDefault(), setLink(undefined))}>
            {words.again}
          </a>
        </p>
      </div>
    )
  }
  return (
    <form method="post" action="/" class="act" onSubmit={(event) => void submit(event)} noValidate>
      <label for="url">{words.field}</label>
      <input
        id="url"
        name="url"
        type="text"
        inputMode="url"
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        defaultValue={text}
        placeholder="https://"
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={error ? 'url-error' : undefined}
        autoFocus
      />
      <button type="submit" class="button" aria-busy={isBusy ? 'true' : undefined}>
        {isBusy ? words.busy : words.act}
      </button>
      {error && (
        <p class="error" id="url-error" role="alert">
          <strong>{error.title}</strong> {error.detail}
        </p>
      )}
    </form>
  )
})

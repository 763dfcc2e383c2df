import type { JSX, TargetedSubmitEvent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { proveWork } from '../../../platform/limits/solve.ts'
import { described } from '../../../platform/pages/described.ts'
import { island } from '../../../platform/pages/island.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { sendJson } from '../../../platform/pages/send-json.ts'
import { rememberKey } from '../browser-keys.ts'
import type { FormWords } from '../pages/part-words.ts'
import { Result, type MadeLink } from '../pages/result.tsx'
import { SlugField } from '../pages/slug-field.tsx'

interface Complaint extends Record<string, string> {
  /** Name of the field that it is about. */
  field: string
  title: string
  detail: string
}

/** What was written, when the form comes back. */
interface Written extends Record<string, string> {
  url: string
  slug: string
  validUntil: string
}

interface Props {
  [key: string]: string | boolean | Complaint | Written | FormWords | null
  written: Written
  error: Complaint | null
  /** Whether the page has the first word on the keyboard. */
  isFirst: boolean
  words: FormWords
}

/** The form, which works as a plain form too; with a script, the result takes its place without another page. */
export const Shorten = island('link/shorten', function Shorten({ written, error: firstError, isFirst, words }: Props) {
  const [error, setError] = useState(firstError)
  const [isBusy, setBusy] = useState(false)
  const [link, setLink] = useState<MadeLink>()
  const place = useRef<HTMLDivElement>(null)
  const proof = useRef<Promise<string>>(undefined)
  useEffect(() => {
    if (!link) return
    place.current?.focus()
    const short = place.current?.querySelector('output')
    if (short) getSelection()?.selectAllChildren(short)
  }, [link])

  async function submit(event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    const form = new FormData(event.currentTarget)
    const said = (name: string) => {
      const value = form.get(name)
      return typeof value === 'string' ? value : ''
    }
    try {
      const answer = await sendJson('/api/v1/links', {
        url: said('url'),
        slug: said('slug'),
        validUntil: said('validUntil'),
        password: said('password'),
        website: said('website'),
        proof: await (proof.current ?? proveWork()),
      })
      const told = await answer.json()
      if (answer.ok) {
        rememberKey(told.slug, told.manage)
        setLink(told)
      }
      setError(answer.ok ? null : { field: told.field ?? 'url', title: told.title, detail: told.detail })
    } catch {
      setError({ field: 'url', title: words.away, detail: '' })
    } finally {
      proof.current = undefined
      setBusy(false)
    }
  }

  if (link) {
    return (
      <div ref={place} tabIndex={-1} aria-live="polite">
        <Result link={link} words={words} />
        <p>
          <a href="/" onClick={(event) => (event.preventDefault(), setLink(undefined))}>
            {words.again}
          </a>
        </p>
      </div>
    )
  }
  return (
    <PostForm
      action="/"
      onSubmit={(event) => void submit(event)}
      // The second of work is done while the rest is being written.
      onInput={() => void (proof.current ??= proveWork())}
      noValidate
    >
      <div class="act">
        <label for="url">{words.field}</label>
        <input
          id="url"
          name="url"
          type="text"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="off"
          spellcheck={false}
          defaultValue={written.url}
          placeholder="https://"
          autoFocus={isFirst}
          {...described(error?.field, 'url')}
        />
        <button type="submit" class="button" aria-busy={isBusy ? 'true' : undefined}>
          {isBusy ? words.busy : words.act}
        </button>
        <Complaining error={error} field="url" />
      </div>
      <details class="options" open={(error && error.field !== 'url') || Boolean(written.slug || written.validUntil)}>
        <summary>{words.options}</summary>
        <div class="fields">
          <div>
            <SlugField written={written.slug} words={words} aria={described(error?.field, 'slug')} />
            <Complaining error={error} field="slug" />
          </div>
          <div>
            <label for="validUntil">{words.until}</label>
            <input
              id="validUntil"
              name="validUntil"
              type="date"
              defaultValue={written.validUntil}
              {...described(error?.field, 'validUntil', 'validUntil-hint')}
            />
            <p class="hint" id="validUntil-hint">
              {words.untilHint}
            </p>
            <Complaining error={error} field="validUntil" />
          </div>
          <div>
            <label for="password">{words.password}</label>
            <input
              id="password"
              name="password"
              type="text"
              autoComplete="off"
              maxLength={256}
              {...described(error?.field, 'password', 'password-hint')}
            />
            <p class="hint" id="password-hint">
              {words.passwordHint}
            </p>
            <Complaining error={error} field="password" />
          </div>
        </div>
      </details>
      <p class="trap" aria-hidden="true">
        <label for="website">{words.trap}</label>
        <input id="website" name="website" type="text" tabIndex={-1} autoComplete="off" />
      </p>
    </PostForm>
  )
})

function Complaining({ error, field }: { error: Complaint | null; field: string }): JSX.Element | null {
  if (error?.field !== field) return null
  return (
    <p class="error" id={`${field}-error`} role="alert">
      <strong>{error.title}</strong> {error.detail}
    </p>
  )
}

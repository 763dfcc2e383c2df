import type { TargetedSubmitEvent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { proveWork } from '../../../platform/limits/solve.ts'
import { Field } from '../../../platform/pages/field.tsx'
import { island } from '../../../platform/pages/island.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { refusedBy } from '../../../platform/pages/refused-by.ts'
import type { RefusedForm } from '../../../platform/pages/refused-form.ts'
import { sendJson } from '../../../platform/pages/send-json.ts'
import { TRAP, Trap } from '../../../platform/pages/trap.tsx'
import { rememberKey } from '../browser-keys.ts'
import type { FormWords } from '../pages/part-words.ts'
import { Result, type MadeLink } from '../pages/result.tsx'
import { SlugField } from '../pages/slug-field.tsx'

/** The submitted values, when the form is shown again. */
interface Written extends Record<string, string> {
  url: string
  slug: string
  validUntil: string
}

interface Props {
  [key: string]: string | boolean | RefusedForm | Written | FormWords | null
  written: Written
  refused: RefusedForm | null
  /** Whether the first field gets the focus. */
  isFirst: boolean
  words: FormWords
}

/** The form. Without a script it is a plain form; with one, the result replaces it without a page load. */
export const Shorten = island(
  'link/shorten',
  function Shorten({ written, refused: firstRefused, isFirst, words }: Props) {
    const [refused, setRefused] = useState(firstRefused)
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
          [TRAP]: said(TRAP),
          proof: await (proof.current ?? proveWork()),
        })
        const body = await answer.json()
        if (answer.ok) {
          rememberKey(body.slug, body.manage)
          setLink(body)
        }
        setRefused(answer.ok ? null : refusedBy(body, words.several))
      } catch {
        setRefused(refusedBy({ title: words.away, detail: '' }, words.several))
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
    const isOneOptionWrong = Object.keys(refused?.fields ?? {}).some((field) => field !== 'url')
    return (
      <PostForm
        action="/"
        refused={refused ?? undefined}
        onSubmit={(event) => void submit(event)}
        // The proof of work, about a second, is computed while the person fills the form in.
        onInput={() => void (proof.current ??= proveWork())}
        noValidate
      >
        <Field
          name="url"
          label={words.field}
          inputMode="url"
          autoComplete="off"
          autoCapitalize="off"
          spellcheck={false}
          value={written.url}
          placeholder="https://"
          autoFocus={isFirst}
          act={
            <button type="submit" class="button" aria-busy={isBusy ? 'true' : undefined}>
              {isBusy ? words.busy : words.act}
            </button>
          }
        />
        <details class="options" open={isOneOptionWrong || Boolean(written.slug || written.validUntil)}>
          <summary>{words.options}</summary>
          <div class="fields">
            <SlugField written={written.slug} words={words} />
            <Field
              name="validUntil"
              type="date"
              label={words.until}
              hint={words.untilHint}
              value={written.validUntil}
            />
            <Field
              name="password"
              label={words.password}
              hint={words.passwordHint}
              autoComplete="off"
              maxLength={256}
            />
          </div>
        </details>
        <Trap label={words.trap} />
      </PostForm>
    )
  },
)

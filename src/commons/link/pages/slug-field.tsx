import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Described } from '../../../platform/pages/described.ts'
import type { FormWords } from './part-words.ts'

/** Milliseconds without a keystroke before it is asked whether the name is free. */
const PAUSE = 350

interface Answer {
  slug: string
  isFree: boolean
  others: string[]
}

/** Why nothing can be called so: a refusal, in words. */
interface Complaint {
  title: string
  detail: string
}

interface Props {
  written: string
  words: FormWords
  aria: Described
}

/** The name of the link, told free or taken while it is being written. */
export function SlugField({ written, words, aria }: Props): JSX.Element {
  const [slug, setSlug] = useState(written)
  const [answer, setAnswer] = useState<Answer | Complaint>()
  useEffect(() => {
    setAnswer(undefined)
    if (slug.trim() === '') return
    const asking = new AbortController()
    const waiting = setTimeout(() => {
      fetch(`/api/v1/links/free?slug=${encodeURIComponent(slug)}`, { signal: asking.signal })
        .then(async (response) =>
          response.ok || response.status === 422 ? setAnswer(await response.json()) : undefined,
        )
        .catch(() => {})
    }, PAUSE)
    return () => {
      clearTimeout(waiting)
      asking.abort()
    }
  }, [slug])
  return (
    <>
      <label for="slug">{words.slug}</label>
      <input
        id="slug"
        name="slug"
        type="text"
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        maxLength={200}
        defaultValue={written}
        onInput={(event) => setSlug(event.currentTarget.value)}
        {...aria}
        aria-describedby={[aria['aria-describedby'], 'slug-hint'].filter(Boolean).join(' ')}
      />
      <p class="hint" id="slug-hint" aria-live="polite">
        {answer ? <Told answer={answer} words={words} /> : words.slugHint}
      </p>
    </>
  )
}

function Told({ answer, words }: { answer: Answer | Complaint; words: FormWords }): JSX.Element {
  if ('title' in answer)
    return (
      <span class="state-bad">
        {answer.title} {answer.detail}
      </span>
    )
  const { slug, isFree, others } = answer
  const told = isFree
    ? words.slugFree
    : others.length > 0
      ? words.slugTakenBut.replace('…', others.join(', '))
      : words.slugTaken
  return (
    <span class={isFree ? 'state-good' : 'state-bad'}>
      <code>/{slug}</code> {told}
    </span>
  )
}

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Field } from '../../../platform/pages/field.tsx'
import type { FormWords } from './part-words.ts'

/** Milliseconds without a keystroke before the server checks the slug. */
const PAUSE = 350

interface Answer {
  slug: string
  isFree: boolean
  others: string[]
}

/** A refusal of the slug, in words. */
interface Complaint {
  title: string
  detail: string
}

interface Props {
  written: string
  words: FormWords
}

/** The slug field, which says while typing whether the slug is free. */
export function SlugField({ written, words }: Props): JSX.Element {
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
    <Field
      name="slug"
      label={words.slug}
      hint={<span aria-live="polite">{answer ? <Told answer={answer} words={words} /> : words.slugHint}</span>}
      autoComplete="off"
      autoCapitalize="off"
      spellcheck={false}
      maxLength={200}
      value={written}
      onInput={(event) => setSlug(event.currentTarget.value)}
    />
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
  const message = isFree
    ? words.slugFree
    : others.length > 0
      ? words.slugTakenBut.replace('…', others.join(', '))
      : words.slugTaken
  return (
    <span class={isFree ? 'state-good' : 'state-bad'}>
      <code>/{slug}</code> {message}
    </span>
  )
}

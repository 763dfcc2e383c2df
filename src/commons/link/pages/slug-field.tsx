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

interface Props {
  written: string
  words: FormWords
  aria: Described
}

/** The name of the link, told free or taken while it is being written. */
export function SlugField({ written, words, aria }: Props): JSX.Element {
  const [slug, setSlug] = useState(written)
  const [answer, setAnswer] = useState<Answer>()
  useEffect(() => {
    setAnswer(undefined)
    if (slug.trim() === '') return
    const asking = new AbortController()
    const waiting = setTimeout(() => {
      fetch(`/api/v1/links/free?slug=${encodeURIComponent(slug)}`, { signal: asking.signal })
        .then(async (response) => (response.ok ? setAnswer(await response.json()) : undefined))
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

function Told({ answer: { slug, isFree, others }, words }: { answer: Answer; words: FormWords }): JSX.Element {
  const told = isFree ? words.slugFree : others.length > 0 ? words.slugTakenBut.replace('…', others.join(', ')) : words.slugTaken
  return (
    <span class={isFree ? 'state-good' : 'state-bad'}>
      <code>/{slug}</code> {told}
    </span>
  )
}

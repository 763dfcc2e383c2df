import { useEffect, useRef, useState } from 'preact/hooks'
import { island } from '../../../platform/pages/island.tsx'
import { sendJson } from '../../../platform/pages/send-json.ts'

interface Props {
  [key: string]: string | boolean | number | string[]
  id: string
  name: string
  autoComplete: string
  /** Whether it is a new password, whose strength is shown. */
  isNew: boolean
  /** Ids of its error message and of its hint; empty when there is none. */
  describedBy: string
  isWrong: boolean
  show: string
  hide: string
  /** The names of the strengths, 0 to 4. */
  strengths: string[]
}

/** Debounce of the strength check, in milliseconds. */
const PAUSE = 400

/** A password field that can be revealed; for a new password it shows the strength. */
export const PasswordField = island('identity/password-field', function PasswordField(props: Props) {
  const { id, name, autoComplete, isNew, describedBy, isWrong, show, hide, strengths } = props
  const [isShown, setShown] = useState(false)
  const [isAlive, setAlive] = useState(false)
  const [score, setScore] = useState<number>()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.setAttribute('type', isShown ? 'text' : 'password'), [isShown])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => setAlive(true), [])

  function weigh(password: string): void {
    clearTimeout(timer.current)
    if (password.length < 8) return setScore(undefined)
    timer.current = setTimeout(() => {
      void sendJson('/api/v1/password-strength', { password })
        .then(async (answer) => setScore((await answer.json()).score))
        .catch(() => setScore(undefined))
    }, PAUSE)
  }

  return (
    <>
      <div class="with-button">
        <input
          id={id}
          name={name}
          type="password"
          ref={field}
          autoComplete={autoComplete}
          maxLength={256}
          required
          spellcheck={false}
          autoCapitalize="off"
          aria-describedby={describedBy || undefined}
          aria-invalid={isWrong ? 'true' : undefined}
          onInput={isNew ? (event) => weigh(event.currentTarget.value) : undefined}
        />
        {isAlive && (
          <button
            type="button"
            class="button quiet"
            aria-pressed={isShown}
            aria-controls={id}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? hide : show}
          </button>
        )}
      </div>
      {isNew && isAlive && (
        <p class="hint strength" aria-live="polite" data-score={score}>
          {score === undefined ? '' : (strengths[score] ?? '')}
        </p>
      )}
    </>
  )
})

import { browserSupportsWebAuthn, startRegistration } from '@simplewebauthn/browser'
import { useEffect, useState } from 'preact/hooks'
import { island } from '../../../platform/pages/island.tsx'
import { sendJson } from '../../../platform/pages/send-json.ts'

interface Props {
  [key: string]: string
  /** Paths that return the options and receive the key. */
  options: string
  verify: string
  /** Id of a form whose fields are sent along; empty: none. */
  form: string
  /** Where to go afterwards, unless the answer says otherwise. */
  next: string
  act: string
  failed: string
}

/** Creates a passkey in this browser. */
export const PasskeyAdd = island(
  'identity/passkey-add',
  function PasskeyAdd({ options, verify, form, next, act, failed }: Props) {
    const [isThere, setThere] = useState(false)
    const [isBusy, setBusy] = useState(false)
    const [complaint, setComplaint] = useState('')
    useEffect(() => setThere(browserSupportsWebAuthn()), [])

    async function add(): Promise<void> {
      const written = fieldsOf(form)
      const begun = await sendJson(options, written)
      const body = await begun.json()
      if (!begun.ok) return setComplaint(`${body.title} ${body.detail}`)
      const response = await startRegistration({ optionsJSON: body.options })
      const answer = await sendJson(verify, { ...written, ticket: body.ticket, response, label: nameOfDevice() })
      const kept = await answer.json()
      if (!answer.ok) return setComplaint(`${kept.title} ${kept.detail}`)
      location.assign(typeof kept.next === 'string' ? kept.next : next)
    }

    async function press(): Promise<void> {
      setBusy(true)
      setComplaint('')
      try {
        await add()
      } catch {
        setComplaint(failed)
      } finally {
        setBusy(false)
      }
    }

    if (!isThere) return null
    return (
      <>
        <button
          id="passkey-add"
          type="button"
          class="button"
          aria-busy={isBusy ? 'true' : undefined}
          onClick={() => void press()}
        >
          {act}
        </button>
        {complaint && (
          <p class="error" role="alert">
            {complaint}
          </p>
        )}
      </>
    )
  },
)

function fieldsOf(form: string): Record<string, string> {
  const element = form ? document.getElementById(form) : null
  if (!(element instanceof HTMLFormElement)) return {}
  return Object.fromEntries(
    [...new FormData(element)].flatMap(([name, value]) =>
      typeof value === 'string' && !name.startsWith('_') && name !== 'password' ? [[name, value]] : [],
    ),
  )
}

/** The default label of the key, until its owner renames it. */
function nameOfDevice(): string {
  return /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(navigator.userAgent)?.[0] ?? ''
}

import { browserSupportsWebAuthn, startAuthentication } from '@simplewebauthn/browser'
import { useEffect, useState } from 'preact/hooks'
import { island } from '../../../platform/pages/island.tsx'
import { sendJson } from '../../../platform/pages/send-json.ts'

interface Props {
  [key: string]: string
  next: string
  act: string
  failed: string
}

/** Re-authenticates the person with a passkey. */
export const ConfirmPasskey = island('identity/confirm-passkey', function ConfirmPasskey({ next, act, failed }: Props) {
  const [isThere, setThere] = useState(false)
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => setThere(browserSupportsWebAuthn()), [])

  async function press(): Promise<void> {
    setFailed(false)
    try {
      const begun = await sendJson('/api/v1/sudo/options', {})
      const { ticket, options } = await begun.json()
      const response = await startAuthentication({ optionsJSON: options })
      const answer = await sendJson('/api/v1/sudo', { passkey: { ticket, response } })
      if (answer.ok) location.assign(next)
      else setFailed(true)
    } catch {
      setFailed(true)
    }
  }

  if (!isThere) return null
  return (
    <>
      <button id="passkey-confirm" type="button" class="button" onClick={() => void press()}>
        {act}
      </button>
      {hasFailed && (
        <p class="error" role="alert">
          {failed}
        </p>
      )}
    </>
  )
})

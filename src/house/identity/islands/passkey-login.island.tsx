import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  WebAuthnAbortService,
} from '@simplewebauthn/browser'
import { useEffect, useRef, useState } from 'preact/hooks'
import { island } from '../../../platform/pages/island.tsx'
import { sendJson } from '../../../platform/pages/send-json.ts'

interface Props {
  [key: string]: string | boolean
  /** The page to return to after signing in. */
  next: string
  /** Whether the browser offers its passkeys in the login field. */
  isFirst: boolean
  act: string
  failed: string
}

/** Signs in with a passkey: by the button, or by the autocompletion of the login field. */
export const PasskeyLogin = island(
  'identity/passkey-login',
  function PasskeyLogin({ next, isFirst, act, failed }: Props) {
    const [isThere, setThere] = useState(false)
    const [isBusy, setBusy] = useState(false)
    const [hasFailed, setFailed] = useState(false)
    // The button and the field may both succeed: the page is left only once.
    const isGoing = useRef(false)

    async function show(useBrowserAutofill: boolean): Promise<void> {
      const begun = await sendJson('/login/passkey/options', {})
      const { ticket, options, isSecond } = await begun.json()
      const response = await startAuthentication({ optionsJSON: options, useBrowserAutofill })
      const answer = await sendJson('/login/passkey', { ticket, response, next, isSecond })
      if (!answer.ok) throw new Error(answer.statusText)
      const { next: to } = await answer.json()
      if (!isGoing.current) location.assign(to)
      isGoing.current = true
    }

    useEffect(() => {
      setThere(browserSupportsWebAuthn())
      if (!isFirst) return undefined
      void browserSupportsWebAuthnAutofill().then((can) => (can ? show(true).catch(() => {}) : undefined))
      return () => WebAuthnAbortService.cancelCeremony()
    }, [])

    async function press(): Promise<void> {
      setBusy(true)
      setFailed(false)
      try {
        await show(false)
      } catch {
        setFailed(true)
      } finally {
        setBusy(false)
      }
    }

    if (!isThere) return null
    return (
      <>
        <button
          id="passkey-login"
          type="button"
          class="button quiet"
          aria-busy={isBusy ? 'true' : undefined}
          onClick={() => void press()}
        >
          {act}
        </button>
        {hasFailed && (
          <p class="error" role="alert">
            {failed}
          </p>
        )}
      </>
    )
  },
)

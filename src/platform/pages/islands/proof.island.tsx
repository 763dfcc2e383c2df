import { useEffect, useRef, useState } from 'preact/hooks'
import { proveWork } from '../../limits/solve.ts'
import { island } from '../island.tsx'

/** The field that brings the answer to a proof of work, for `ProofOfWork.accept`. */
export const PROOF = 'proof'

/**
 * Part of a form in which strangers write: the browser does a second of work while the form is being filled in, and sends
 * the answer along. Without a script the field stays empty.
 */
export const Proof = island('pages/proof', function Proof() {
  const [answer, setAnswer] = useState('')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const work = () => void proveWork().then(setAnswer)
    field.current?.form?.addEventListener('input', work, { once: true })
  }, [])
  return <input ref={field} type="hidden" name={PROOF} value={answer} />
})

import type { JSX } from 'preact'
import { words } from '../language/own-words.ts'
import { useMaybePage } from './context.ts'

/** The field that people do not see: who fills it in is a program that fills in everything. */
export const TRAP = 'website'

/** @param label what it says to those who find it all the same; an island must be given it */
export function Trap({ label }: { label?: string }): JSX.Element {
  return (
    <p class="trap" aria-hidden="true">
      <label for={TRAP}>{label ?? useMaybePage()?.reader.say(words)('form.trap')}</label>
      <input id={TRAP} name={TRAP} type="text" tabIndex={-1} autoComplete="off" />
    </p>
  )
}

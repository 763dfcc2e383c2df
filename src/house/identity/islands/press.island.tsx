import { useEffect } from 'preact/hooks'
import { island } from '../../../platform/pages/island.tsx'

/** Submits a form of the page as soon as it loads; the button is for browsers without scripts. */
export const Press = island('identity/press', function Press({ form }: { [key: string]: string; form: string }) {
  useEffect(() => {
    const element = document.getElementById(form)
    if (element instanceof HTMLFormElement) element.submit()
  }, [form])
  return null
})

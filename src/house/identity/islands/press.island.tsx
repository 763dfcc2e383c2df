import { useEffect } from 'preact/hooks'
import { island } from '../../../platform/pages/island.tsx'

/** Sends a form of the page as soon as the page is there; its button is for whoever has no script. */
export const Press = island('identity/press', function Press({ form }: { [key: string]: string; form: string }) {
  useEffect(() => {
    const element = document.getElementById(form)
    if (element instanceof HTMLFormElement) element.submit()
  }, [form])
  return null
})

import type { JSX } from 'preact'
import type { Mark as MarkDrawing } from '../service.ts'
import { hueColour } from './colours.ts'

/** An icon of the one set (Lucide), always beside a word, so never read aloud. */
export function Icon({ svg }: { svg: string }): JSX.Element {
  return <span class="icon" aria-hidden="true" dangerouslySetInnerHTML={{ __html: svg }} />
}

/** The drawn mark of a service or of the house, in its own hue. */
export function Mark({ mark }: { mark: MarkDrawing }): JSX.Element {
  return (
    <svg class="mark" stroke={hueColour(mark.hue)} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={mark.strokes} />
    </svg>
  )
}

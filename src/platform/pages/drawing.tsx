import type { JSX } from 'preact'

/**
 * A drawing on a page.
 *
 * @param svg what one of the functions of drawings/ drew: the only markup that may stand here
 */
export function Drawing({ svg }: { svg: string }): JSX.Element {
  return <div class="whole" dangerouslySetInnerHTML={{ __html: svg }} />
}

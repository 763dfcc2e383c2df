import { hydrate, type FunctionComponent, type JSX } from 'preact'
import { useMaybePage } from './context.ts'

/** What an island is given: plain data, since it travels in the page. */
export type IslandProps = { [key: string]: IslandValue | undefined }
type IslandValue = string | number | boolean | null | IslandValue[] | { [key: string]: IslandValue | undefined }

/**
 * A part of a page that comes alive in the browser. The server renders it like any other part, and adds its script;
 * the script runs this same call, and hydrates each place where the island stands.
 *
 * @param name the folder of the service and the file: `link/shorten` is `link/islands/shorten.island.tsx`
 */
export function island<Props extends IslandProps>(
  name: string,
  Part: FunctionComponent<Props>,
): FunctionComponent<Props> {
  if (typeof document !== 'undefined') {
    for (const place of document.querySelectorAll<HTMLElement>(`[data-island="${name}"]`)) {
      const props: Props = JSON.parse(place.dataset['props'] ?? '{}')
      hydrate(<Part {...props} />, place)
    }
  }
  return function Island(props: Props): JSX.Element {
    useMaybePage()?.islands.add(name)
    return (
      <div class="island" data-island={name} data-props={JSON.stringify(props)}>
        <Part {...props} />
      </div>
    )
  }
}

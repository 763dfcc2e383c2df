import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Session } from '../access/identity.ts'
import type { RefusedAnswer } from '../http/forms.ts'
import type { Reader } from '../language/reader.ts'
import type { HousePlatform } from '../platform.ts'
import type { Service } from '../service.ts'
import type { Assets } from './assets.ts'

/** What every part of a page may ask for, without being handed it through all the parts above. */
export interface PageScope {
  platform: HousePlatform
  /** Whose page it is. */
  service: Service
  reader: Reader
  /** Who is signed in here. */
  session: Session | undefined
  /** What the page's forms and scripts must send along with a write; undefined when nothing needs it. */
  csrf: string | undefined
  /** The form that was refused, when the page shows it again. */
  refused: RefusedAnswer | undefined
  assets: Assets
  /** Path and query of the page, for the language switch. */
  path: string
  /** Stands where this answer's nonce will be put. */
  nonce: string
  /** Islands that this page turned out to have; filled while it renders. */
  islands: Set<string>
}

const Scope = createContext<PageScope | undefined>(undefined)

export const PageScopeProvider = Scope.Provider

/**
 * The scope of the page that is being rendered; undefined in the browser, where islands have only what they are given.
 */
export function useMaybePage(): PageScope | undefined {
  return useContext(Scope)
}

/** @throws Error outside a page */
export function usePage(): PageScope {
  const scope = useContext(Scope)
  if (!scope) throw new Error('this part belongs on a page that the server renders')
  return scope
}

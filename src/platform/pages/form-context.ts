import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { useMaybePage } from './context.ts'
import type { RefusedForm } from './refused-form.ts'

/** What the fields of a form ask the form. */
export interface FormScope {
  /** What is wrong and what was written, when the form is shown again. */
  refused: RefusedForm | undefined
  /** Fields that the form turned out to have; filled while it renders. */
  shown: Set<string>
  /** The id of a field on the page. */
  idOf: (name: string) => string
}

const Scope = createContext<FormScope>({ refused: undefined, shown: new Set(), idOf: (name) => name })

export const FormScopeProvider = Scope.Provider

export function useForm(): FormScope {
  return useContext(Scope)
}

/**
 * What is wrong with the form of this address and what was written in it, when the page shows it again: for what stands
 * around the form, or an island that has it.
 */
export function useRefused(action: string): RefusedForm | undefined {
  const refused = useMaybePage()?.refused
  return refused?.action === action ? refused.form : undefined
}

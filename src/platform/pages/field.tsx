import { h, type ComponentChildren, type JSX, type TargetedInputEvent } from 'preact'
import { ErrorText } from './error.tsx'
import { useForm } from './form-context.ts'

interface Labelled {
  name: string
  label: ComponentChildren
  hint?: ComponentChildren
  /** Whether it takes the whole width where fields stand beside one another. */
  isWide?: boolean | undefined
}

/** Attributes that the inputs of our forms have; a browser's own meaning of each. */
interface Attributes {
  autoComplete?: string
  autoCapitalize?: 'off'
  autoFocus?: boolean
  inputMode?: 'numeric' | 'decimal' | 'url' | 'email' | 'tel'
  lang?: string
  maxLength?: number
  required?: boolean
  spellcheck?: boolean
}

interface FieldProps extends Labelled, Attributes {
  type?: 'text' | 'url' | 'email' | 'password' | 'date' | 'file' | 'search'
  /** Kinds of files that a browser offers. */
  accept?: string
  placeholder?: string
  onInput?: (event: TargetedInputEvent<HTMLInputElement>) => void
  /** What stands in it at first; what was written takes its place when the form is shown again. */
  value?: string | number | null | undefined
  /** The button beside it: one field, one act. */
  act?: ComponentChildren
}

/**
 * One line to write in, with its label, its hint and what is wrong with it. Inside a {@link PostForm}, which knows what
 * was refused and what was written.
 *
 * @example
 * <Field name="email" type="email" autoComplete="email" label={say('email')} hint={say('email-hint')} required />
 */
export function Field({ name, label, hint, isWide, value, act, type = 'text', ...input }: FieldProps): JSX.Element {
  const { written, attributes } = useField(name, hint)
  const isNeverFilled = type === 'password' || type === 'file'
  // Not as an element: the types of elements want each `type` by itself.
  const shown = h('input', {
    type,
    ...input,
    ...attributes,
    ...(!isNeverFilled && { defaultValue: written ?? value ?? '' }),
  })
  return (
    <Frame name={name} label={label} hint={hint} isWide={isWide} act={act}>
      {shown}
    </Frame>
  )
}

interface TextAreaProps extends Labelled, Attributes {
  rows?: number
  value?: string | null | undefined
}

/** Several lines to write in. */
export function TextArea({ name, label, hint, isWide, value, ...area }: TextAreaProps): JSX.Element {
  const { written, attributes } = useField(name, hint)
  return (
    <Frame name={name} label={label} hint={hint} isWide={isWide}>
      <textarea {...area} {...attributes}>
        {written ?? value}
      </textarea>
    </Frame>
  )
}

interface SelectProps extends Labelled, Pick<Attributes, 'autoFocus' | 'required'> {
  options: readonly (readonly [value: string, text: string])[]
  value?: string | null | undefined
}

/** One of several, from a list that opens. */
export function Select({ name, label, hint, isWide, options, value, ...select }: SelectProps): JSX.Element {
  const { written, attributes } = useField(name, hint)
  return (
    <Frame name={name} label={label} hint={hint} isWide={isWide}>
      <select {...select} {...attributes}>
        {options.map(([one, text]) => (
          <option value={one} selected={one === (written ?? value ?? '')}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  )
}

interface TickProps {
  name: string
  label: ComponentChildren
  type?: 'checkbox' | 'radio'
  value?: string
  isTicked?: boolean
  required?: boolean
  /** The key of the keyboard that ticks it, where a page has such keys. */
  shortcut?: string | undefined
}

/** A box to tick, or with `type="radio"` one choice of several: those stand in {@link Choices}. */
export function Tick({
  name,
  label,
  type = 'checkbox',
  value = '1',
  isTicked,
  required,
  shortcut,
}: TickProps): JSX.Element {
  const { refused, idOf } = useForm()
  const id = idOf(value === '1' ? name : `${name}-${value}`)
  const written = refused && [refused.written[name] ?? []].flat().includes(value)
  return (
    <p class="tick">
      <input
        type={type}
        id={id}
        name={name}
        value={value}
        required={required}
        defaultChecked={written ?? isTicked}
        data-key={shortcut}
      />
      <label for={id}>{label}</label>
    </p>
  )
}

/** Ticks that belong together, under one legend; what is wrong with the choice stands below them. */
export function Choices({
  name,
  label,
  children,
}: Omit<Labelled, 'hint'> & { children: ComponentChildren }): JSX.Element {
  const { wrong, attributes } = useField(name)
  return (
    <fieldset class="ticks" id={attributes.id} aria-describedby={attributes['aria-describedby']}>
      <legend class="label">{label}</legend>
      {children}
      {wrong && <ErrorText id={`${attributes.id}-error`} {...wrong} />}
    </fieldset>
  )
}

/** What the form knows of one of its fields, and the attributes that tie its input to its hint and to what is wrong. */
export function useField(name: string, hint?: ComponentChildren) {
  const { refused, shown, idOf } = useForm()
  shown.add(name)
  const id = idOf(name)
  const wrong = refused?.fields[name]
  const written = refused?.written[name]
  const described = [wrong && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ')
  const isOnlyWrong = wrong !== undefined && Object.keys(refused?.fields ?? {}).length === 1
  return {
    wrong,
    written: typeof written === 'string' ? written : undefined,
    attributes: {
      id,
      name,
      ...(wrong && { 'aria-invalid': 'true' as const }),
      ...(described && { 'aria-describedby': described }),
      // The keyboard begins where something must be changed; with several such fields, at their summary.
      ...(isOnlyWrong && { autoFocus: true }),
    },
  }
}

/** The label above an input, the hint and what is wrong below it. */
export function Frame({
  name,
  label,
  hint,
  isWide,
  act,
  children,
}: Labelled & { act?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  const { refused, idOf } = useForm()
  const id = idOf(name)
  const wrong = refused?.fields[name]
  return (
    <div class={act ? 'act' : isWide ? 'is-wide' : undefined}>
      <label for={id}>{label}</label>
      {children}
      {act}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {wrong && <ErrorText id={`${id}-error`} {...wrong} />}
    </div>
  )
}

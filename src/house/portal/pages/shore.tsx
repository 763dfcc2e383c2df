import type { JSX } from 'preact'

/** A decorative line drawing: a lighthouse on its rocks, the sea and the coast. */
export function Shore(): JSX.Element {
  return (
    <svg class="shore" viewBox="0 0 320 220" aria-hidden="true" focusable="false">
      <path d="M4 168c14 0 14-7 28-7s14 7 28 7 14-7 28-7 14 7 28 7" />
      <path d="M22 186c14 0 14-6 28-6s14 6 28 6 14-6 28-6 14 6 28 6 14-6 28-6 14 6 28 6 14-6 28-6 14 6 28 6" />
      <path d="M70 205c12 0 12-5 24-5s12 5 24 5 12-5 24-5 12 5 24 5 12-5 24-5 12 5 24 5" />
      <path d="M118 167c8-9 19-8 26-16 6-7 12-5 17-12h57c7 8 15 6 21 14 8 3 12 10 26 11 16 0 29 4 51 3" />
      <path d="M176 139l7-84h18l7 84" />
      <path d="M180.6 84h22.8M178.4 111h27.2M178 55h28M181 55v-5h22v5" />
      <path d="M184 50V34h16v16M184 34c2-7 5-10 8-12 3 2 6 5 8 12M192 22v-6" />
      <path d="M192 35v13" />
      <path d="M212 38l58-14M212 44l70 5M172 38l-58-14M172 44l-70 5" />
      <path d="M222 139v-13l10-8 10 8v15M229 139v-7h6v8" />
      <path d="M34 74c6-6 11-6 14 0 3-6 8-6 14 0M66 54c5-5 9-5 11 0 2-5 6-5 11 0" />
    </svg>
  )
}

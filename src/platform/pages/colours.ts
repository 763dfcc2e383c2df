import { formatHex, oklch, wcagContrast, type Oklch } from 'culori'
import type { OrganisationProfile } from '../organisation-profile.ts'

/** The papers that colours stand on, as in styles/tokens.css. */
const PAPER = { light: '#fbf9f5', dark: '#141b21' }

/** Contrast of text with its paper (WCAG 2.2, 1.4.3). */
const LEGIBLE = 4.5

/** The colour of a mark or a line in a service's hue, in light and dark, as a CSS value. */
export function hueColour(hue: number): string {
  return `light-dark(oklch(0.5 0.11 ${hue}), oklch(0.8 0.1 ${hue}))`
}

/** The association's own colours as CSS, where it has any; corrected until they can be read on both papers. */
export function associationColours({ colour, accent }: Pick<OrganisationProfile, 'colour' | 'accent'>): string {
  const token = (name: string, value: string | undefined) =>
    value ? `--${name}:light-dark(${legible(value, 'light')},${legible(value, 'dark')});` : ''
  const own = token('sea', colour) + token('ochre', accent)
  return own && `:root{${own}}`
}

/**
 * The nearest colour of the same hue that can be read on a paper: darker on the light one, lighter on the dark one.
 *
 * @param colour `#rrggbb`
 */
export function legible(colour: string, on: 'light' | 'dark'): string {
  const own = oklch(colour)
  if (!own) throw new RangeError(`${colour} is no colour`)
  const step = on === 'light' ? -0.01 : 0.01
  let found: Oklch = own
  for (let tries = 0; tries < 100 && wcagContrast(formatHex(found), PAPER[on]) < LEGIBLE; tries++)
    found = { ...found, l: found.l + step }
  return formatHex(found)
}

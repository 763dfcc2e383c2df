import { formatHex, oklch } from 'culori'
import type { OrganisationProfile } from '../organisation-profile.ts'
import { legible } from '../pages/colours.ts'

/** The colours of a drawing: tokens of our style sheet on a page, plain colours in a document. */
export interface Palette {
  ink: string
  soft: string
  /** What lies between two parts, and under the whole. */
  ground: string
  rule: string
  series: string[]
}

export const PAGE_PALETTE: Palette = {
  ink: 'var(--ink)',
  soft: 'var(--ink-soft)',
  ground: 'var(--paper)',
  rule: 'var(--rule)',
  series: ['var(--drawing-1)', 'var(--drawing-2)', 'var(--drawing-3)', 'var(--drawing-4)'],
}

/** The light colours of styles/tokens.css, for paper and for programs that know no style sheet. */
const PAPER = {
  ink: '#192532',
  soft: '#4b5763',
  ground: '#ffffff',
  rule: '#d7d4cc',
  series: ['#0d5d83', '#b1802f', '#3f9591', '#97564f'],
}

/** The colours of drawings in documents: ours, with the association's own in the place of the first two. */
export function documentPalette({ colour, accent }: Pick<OrganisationProfile, 'colour' | 'accent'>): Palette {
  const [sea = '', ochre = '', ...others] = PAPER.series
  return {
    ...PAPER,
    series: [colour ? legible(colour, 'light') : sea, accent ? softened(legible(accent, 'light')) : ochre, ...others],
  }
}

/** A colour for areas rather than text: a little lighter, still three times as dark as paper. */
function softened(colour: string): string {
  const own = oklch(colour)
  return own ? formatHex({ ...own, l: Math.max(own.l, 0.58) }) : colour
}

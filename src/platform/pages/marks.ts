import type { Mark } from '../service.ts'

/** The house's own mark: a lighthouse, its beam, and the sea; used where the association has no logo. */
export const HOUSE_MARK: Mark = {
  strokes:
    'M9.5 17.5 10.6 7.5h2.8l1.1 10 M10.2 11.5h3.6 M10.6 7.5V5.2L12 3.6l1.4 1.6v2.3 M16.4 6.2l3.6-1.4 M7.6 6.2 4 4.8 M3 20.2c1.5 0 1.5-1.2 3-1.2s1.5 1.2 3 1.2 1.5-1.2 3-1.2 1.5 1.2 3 1.2 1.5-1.2 3-1.2 1.5 1.2 3 1.2',
  hue: 75,
}

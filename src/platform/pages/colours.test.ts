import { wcagContrast } from 'culori'
import { expect, test } from 'vitest'
import { associationColours, legible } from './colours.ts'

test.each(['#0b5c7a', '#ffff00', '#ff0000', '#000000', '#ffffff', '#808080', '#00ff88'])(
  '%s can be read on both papers once corrected',
  (colour) => {
    expect(wcagContrast(legible(colour, 'light'), '#fbf9f5')).toBeGreaterThanOrEqual(4.5)
    expect(wcagContrast(legible(colour, 'dark'), '#141b21')).toBeGreaterThanOrEqual(4.5)
  },
)

test('a colour that can be read already is left as it is', () => {
  expect(legible('#0b5c7a', 'light')).toBe('#0b5c7a')
})

test('an association without colours of its own has ours', () => {
  expect(associationColours({})).toBe('')
  expect(associationColours({ colour: '#8a1c1c' })).toMatch(/^:root\{--sea:light-dark\(#8a1c1c,#[0-9a-f]{6}\);\}$/)
})

import { parseHTML } from 'linkedom'
import { describe, expect, test } from 'vitest'
import { drawBars } from './bars.ts'
import { departmentName, drawDepartments } from './departments.ts'
import { drawLine } from './line.ts'
import { documentPalette } from './palette.ts'
import { drawStack } from './stack.ts'
import { asFile } from './svg.ts'

const legend = { id: 'd', title: 'Liens <b>', description: '2023 : 31 985' }
const parse = (svg: string) => parseHTML(`<html><body>${svg}</body></html>`).document

describe('every drawing', () => {
  const drawings = {
    bars: drawBars(legend, [
      {
        label: 'Liens',
        bars: [
          { label: '2023', value: 31985, text: '31 985' },
          { label: '2024', value: null, text: 'N/C', isBreak: true },
        ],
      },
      { label: 'Visites', bars: [{ label: '2023', value: 4, text: '4' }] },
    ]),
    line: drawLine(
      legend,
      [
        { day: Temporal.PlainDate.from('2024-01-01'), value: 4 },
        { day: Temporal.PlainDate.from('2024-02-01'), value: 9 },
        { day: Temporal.PlainDate.from('2024-04-01'), value: 7 },
      ],
      [Temporal.PlainDate.from('2024-03-15')],
      { value: String, day: String },
    ),
    stack: drawStack(
      legend,
      ['2023', '2024'],
      [
        { label: 'Sites en PHP 5.6', values: [585, 501] },
        { label: 'Sites en PHP 8.2', values: [0, 84] },
      ],
      String,
    ),
    map: drawDepartments(
      legend,
      new Map([
        ['29', { value: 12, text: '12' }],
        ['2A', { value: 3, text: '3' }],
      ]),
    ),
  }

  test.each(Object.entries(drawings))('%s is an image with a title and words, without a style of its own', (_, svg) => {
    const image = parse(svg).querySelector('svg')
    expect(image?.getAttribute('role')).toBe('img')
    expect(image?.getAttribute('aria-labelledby')).toBe('d-title d-words')
    expect(image?.querySelector('title')?.textContent).toBe('Liens <b>')
    expect(image?.querySelector('desc')?.textContent).toBe('2023 : 31 985')
    expect(svg).not.toMatch(/<style|style=|<script/)
  })

  test('writes each value beside its bar, and what is not known where the bar would be', () => {
    expect([...parse(drawings.bars).querySelectorAll('text')].map(({ textContent }) => textContent)).toEqual([
      'Liens', '2023', '31 985', '2024', 'N/C', 'Visites', '2023', '4',
    ]) // prettier-ignore
    expect([...parse(drawings.bars).querySelectorAll('rect')]).toHaveLength(3)
  })

  test('shows where the way of counting changed: a dashed rule, and a line that is broken there', () => {
    expect(parse(drawings.bars).querySelectorAll('[stroke-dasharray]')).toHaveLength(1)
    expect(parse(drawings.line).querySelectorAll('[stroke-dasharray]')).toHaveLength(1)
    const lines = [...parse(drawings.line).querySelectorAll('path')].filter((path) =>
      path.getAttribute('d')?.startsWith('M'),
    )
    expect(lines.length).toBeGreaterThanOrEqual(2)
  })

  test('can be read without colours: each part has a texture of its own, under ids of the drawing', () => {
    const textures = [...parse(drawings.stack).querySelectorAll('pattern')]
    expect(textures.map(({ id }) => id)).toEqual(['d-texture-1'])
    expect(drawings.stack).toContain('fill="url(#d-texture-1)"')
    expect(drawings.bars).toContain('fill="url(#d-texture-1)"')
  })

  test('by itself names its format, and has plain colours: the association’s own where it has any', () => {
    const palette = documentPalette({ colour: '#8a1c1c' })
    const file = asFile(
      drawBars(legend, [{ label: 'Liens', bars: [{ label: '2023', value: 1, text: '1' }] }], { palette }),
    )
    expect(file).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    expect(file).toContain('#8a1c1c')
    expect(file).not.toContain('var(')
  })

  test('names parts beside the last column, without the words that all share', () => {
    const texts = [...parse(drawings.stack).querySelectorAll('text')].map(({ textContent }) => textContent)
    expect(texts).toEqual(expect.arrayContaining(['PHP 5.6', 'PHP 8.2', '585', '501', '84']))
  })

  test('keeps words of a stack apart: dates on two lines where there is little room, names of thin parts one above the other', () => {
    const dates = ['mars 2021', 'mars 2022', 'mars 2023', 'mars 2024']
    const parts = ['ancien', 'rare', 'unique'].map((label, index) => ({
      label,
      values: dates.map(() => (index === 0 ? 1000 : 1)),
    }))
    const drawn = [...parse(drawStack(legend, dates, parts, String)).querySelectorAll('text')].map((text) => ({
      words: text.textContent ?? '',
      y: Number(text.getAttribute('y')),
    }))
    expect(drawn.filter(({ words }) => words === 'mars')).toHaveLength(4)
    const [below = 0, middle = 0, top = 0] = parts.map(({ label }) => drawn.find(({ words }) => words === label)?.y)
    expect(below - middle).toBeGreaterThanOrEqual(14)
    expect(middle - top).toBeGreaterThanOrEqual(14)
    const wide = [...parse(drawStack(legend, dates.slice(2), parts, String)).querySelectorAll('text')].map(
      ({ textContent }) => textContent,
    )
    expect(wide).toContain('mars 2024')
  })

  test('shades the départements that have a value, named', () => {
    expect([...parse(drawings.map).querySelectorAll('path title')].map(({ textContent }) => textContent)).toEqual(
      ['Finistère : 12', 'Corse-du-Sud : 3'].toSorted(),
    )
    expect(departmentName('29')).toBe('Finistère')
    expect(departmentName('00')).toBeUndefined()
  })
})

test('nothing at all can be drawn', () => {
  expect(drawBars(legend, [])).toContain('<svg')
  expect(drawBars(legend, [{ label: 'Liens', bars: [{ label: '2023', value: 0, text: '0' }] }])).not.toContain('NaN')
  expect(drawLine(legend, [], [], { value: String, day: String })).not.toContain('NaN')
  expect(drawStack(legend, [], [], String)).not.toContain('NaN')
  expect(drawDepartments(legend, new Map())).toContain('<svg')
})

import { parseHTML } from 'linkedom'
import { describe, expect, test } from 'vitest'
import { drawColumns, drawStack } from './columns.ts'
import { departmentName, drawDepartments } from './departments.ts'

const legend = { id: 'd', title: 'Liens <b>', description: '2023 : 31 985' }
const parse = (svg: string) => parseHTML(`<html><body>${svg}</body></html>`).document

describe('every drawing', () => {
  const drawings = {
    columns: drawColumns(legend, [
      { label: '2023', value: 31985, text: '31 985' },
      { label: '2024', value: null, text: 'N/C' },
    ]),
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

  test('writes each value on its column, and what is not known where the column would stand', () => {
    expect([...parse(drawings.columns).querySelectorAll('text')].map(({ textContent }) => textContent)).toEqual(['31 985', 'N/C', '2023', '2024'])
    expect(parse(drawings.columns).querySelectorAll('rect')).toHaveLength(2)
  })

  test('names parts beside the last column, without the words that all share', () => {
    const texts = [...parse(drawings.stack).querySelectorAll('text')].map(({ textContent }) => textContent)
    expect(texts).toEqual(expect.arrayContaining(['PHP 5.6', 'PHP 8.2', '585', '501', '84']))
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
  expect(drawColumns(legend, [])).toContain('<svg')
  expect(drawColumns(legend, [{ label: '2023', value: 0, text: '0' }])).not.toContain('NaN')
  expect(drawStack(legend, [], [], String)).not.toContain('NaN')
  expect(drawDepartments(legend, new Map())).toContain('<svg')
})

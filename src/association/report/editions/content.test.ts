import { expect, test } from 'vitest'
import { Reader } from '../../../platform/language/reader.ts'
import { placeInWords } from './content.ts'

const french = new Reader('fr', 'Europe/Paris')
const known = {
  series: [
    {
      id: 'web.sites',
      service: 'web',
      kind: 'stock',
      unit: 'count',
      label: { fr: 'Sites', en: 'Sites' },
      definition: { fr: '', en: '' },
      isPublic: true,
      isDeclared: true,
      breaks: [],
      points: [],
    },
  ],
  tables: [
    { id: 'web', section: { fr: 'Web', en: 'Web' }, title: { fr: 'Les sites', en: 'Sites' }, columns: [], rows: [] },
  ],
} satisfies Parameters<typeof placeInWords>[1]

test.each([
  ['web.sites 2023', 'Sites, 2023'],
  ['web.sites 2024-03 → 2025-03', 'Sites, mars 2024 → mars 2025'],
  ['web web.sites 2024-03', 'Les sites, Sites, mars 2024'],
  ['tables', 'Les tableaux'],
  ['nothing.known', 'nothing.known'],
  ['permanence 2023-99', 'permanence, 2023-99'],
  [`${'a'.repeat(5000)}\n`, `${'a'.repeat(5000)}\n`],
])('%s is read by people', (where, said) => {
  expect(placeInWords(where, known, french)).toBe(said)
})

import { describe, expect, test } from 'vitest'
import { moveReferences, readReference, typedNumbers } from './references.ts'
import { hasClash, mergeTexts } from './writing/merge.ts'

describe('a reference', () => {
  test.each([
    ['pad.pads@2024-03', { kind: 'value', figure: 'pad.pads', date: '2024-03', isShare: false }],
    ['web.sites.php56@2024-03%', { kind: 'value', figure: 'web.sites.php56', date: '2024-03', isShare: true }],
    ['pad.pads@2023..2024', { kind: 'evolution', figure: 'pad.pads', from: '2023', to: '2024' }],
    ['table web-php', { kind: 'table', id: 'web-php' }],
    ['drawing web-php', { kind: 'drawing', id: 'web-php' }],
    ['map members.department@2023', { kind: 'map', figure: 'members.department', from: undefined, to: '2023' }],
    ['map members.department@2022..2023', { kind: 'map', figure: 'members.department', from: '2022', to: '2023' }],
    ['clash end', { kind: 'clash', part: 'end' }],
    ['pad.pads', undefined],
    ['pad.pads@hier', undefined],
    ['pad.pads@2024-13', undefined],
    ['pad.pads@2024-02-31', undefined],
    ['table ../../etc', undefined],
    ['', undefined],
  ])('%s', (text, reference) => expect(readReference(text)).toEqual(reference))

  test('is moved to another year; what was typed is left alone', () => {
    expect(moveReferences('En 2023, {{pad.pads@2023..2024}} pads et {{web.sites@2024-03}} sites (2024).', 1)).toBe(
      'En 2023, {{pad.pads@2024..2025}} pads et {{web.sites@2025-03}} sites (2024).',
    )
  })
})

describe('numbers that somebody typed', () => {
  test.each([
    ['Nous avons 12 sites. Et des pads.', ['Nous avons 12 sites.']],
    ['La moitié des sites. Tout va bien.', ['La moitié des sites.']],
    ['Nous avons {{pad.pads@2024}} pads.', []],
    ['# Bilan 2023\n\nRien ici.', []],
    ['Voir [la page](https://example.org/2024).', []],
    ['1. Premier\n2. Deuxième, 3 fois', ['Deuxième, 3 fois']],
    ['Une ligne\nqui passe par 3 lignes.', ['Une ligne qui passe par 3 lignes.']],
  ])('%j', (text, sentences) => expect(typedNumbers(text)).toEqual(sentences))
})

describe('two people who write at once', () => {
  const base = 'Un.\n\nDeux.\n\nTrois.\n'

  test('keep each what they wrote in other paragraphs, neighbours included', () => {
    expect(mergeTexts(base, 'Un.\n\nDeux bis.\n\nTrois.\n', 'Un.\n\nDeux.\n\nTrois bis.\n\nQuatre.\n')).toEqual({
      text: 'Un.\n\nDeux bis.\n\nTrois bis.\n\nQuatre.\n',
      clashes: [],
    })
  })

  test('of whom one deletes a paragraph and the other one changes another: both are done', () => {
    expect(mergeTexts(base, 'Un.\n\nTrois.\n', 'Un bis.\n\nDeux.\n\nTrois.\n').text).toBe('Un bis.\n\nTrois.\n')
  })

  test('and say the same are no clash', () => {
    expect(mergeTexts(base, 'Un.\n\nDeux bis.\n\nTrois.\n', 'Un.\n\nDeux bis.\n\nTrois.\n')).toEqual({
      text: 'Un.\n\nDeux bis.\n\nTrois.\n',
      clashes: [],
    })
  })

  test('and change the same paragraph are both kept, marked until somebody has chosen', () => {
    const { text, clashes } = mergeTexts(base, 'Un.\n\nDeux ici.\n\nTrois.\n', 'Un.\n\nDeux là.\n\nTrois.\n')
    expect(clashes).toEqual([{ theirs: 'Deux ici.', yours: 'Deux là.' }])
    expect(text).toBe('Un.\n\n{{clash 1}}\n\nDeux ici.\n\n{{clash 2}}\n\nDeux là.\n\n{{clash end}}\n\nTrois.\n')
    expect(hasClash(text)).toBe(true)
    expect(hasClash(base)).toBe(false)
  })
})

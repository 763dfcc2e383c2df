import { expect, test } from 'vitest'
import { words } from './language/own-words.ts'
import { refusedForm } from './pages/refused-form.ts'
import { defineRefusals, readFields, Refusal, refuseFields } from './refusals.ts'

const refuse = defineRefusals('test', words, {
  'text-too-long': { status: 422 },
  'too-busy': { status: 503, field: 'url' },
})

test('what is wrong with several inputs is told at once, each beside its own field', () => {
  const read = () =>
    readFields({
      name: () => 'Claire',
      title: () => {
        throw refuse('text-too-long', { length: 9, longest: 5 })
      },
      address: () => {
        throw refuse('too-busy', { retryAfter: 7 })
      },
    })
  const refusal = refusalOf(read)
  expect(refusal).toMatchObject({ type: 'test/text-too-long', status: 422, field: 'title' })
  expect([...(refusal?.fields ?? [])].map(([field, one]) => [field, one.field, one.type])).toEqual([
    ['title', 'title', 'test/text-too-long'],
    ['address', 'address', 'test/too-busy'],
  ])
})

test('inputs that are all right are read; a bug in a reader stays one', () => {
  const { name, count } = readFields({ name: () => 'Claire', count: () => 3 })
  expect([name.length, count + 1]).toEqual([6, 4])
  const bug = () => {
    throw new TypeError('a bug')
  }
  expect(() => readFields({ name: bug, title: () => 'x' })).toThrow(TypeError)
})

test('one wrong field of several is a refusal like any other, about that field', () => {
  const refusal = refuseFields({ place: refuse('too-busy', { retryAfter: 7 }) })
  expect([refusal.type, refusal.field, refusal.retryAfter, [...refusal.fields.keys()]]).toEqual([
    'test/too-busy',
    'place',
    7,
    ['place'],
  ])
  expect(() => refuseFields({})).toThrow('none of its fields')
})

test('a form that is shown again has the texts that were written, and no secret', () => {
  const form = refusedForm(refuse('too-busy'), 'en', {
    url: 'a',
    tags: ['b', 'c'],
    count: 3,
    deep: { url: 'd' },
    newPassword: 'e',
    code: 'f',
  })
  expect(form.written).toEqual({ url: 'a', tags: ['b', 'c'] })
  expect(form.fields).toEqual({ url: refuse('too-busy').in('en') })
  expect(refusedForm(refuse('too-busy'), 'en', undefined).written).toEqual({})
})

function refusalOf(read: () => unknown): Refusal | undefined {
  try {
    read()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  return undefined
}

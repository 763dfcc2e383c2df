import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestInstance, type Answer, type TestInstance } from '../../../tests/instance.ts'
import { services } from '../../services.ts'

let it: TestInstance

beforeAll(async () => {
  it = await openTestInstance({ services })
})
afterAll(() => it[Symbol.asyncDispose]())

/** What OpenAPI can say; HEAD comes with GET. */
const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS']

interface Operation {
  parameters?: { in: string; name: string; required: boolean }[]
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}

const documentOf = (service: string, headers: Record<string, string> = {}): Promise<Answer> =>
  it.askService(service, '/api/v1/openapi.json', { headers })

/** Every `$ref` below a value. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  )
}

describe.each(services.map(({ name }) => name))('%s publishes what programs can ask for', (service) => {
  test('as OpenAPI 3.1, with every route of its own below /api/', async () => {
    const answer = await documentOf(service)
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    const document = answer.json()
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: expect.any(String), version: expect.any(String) },
    })
    const told = Object.entries<object>(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    )
    const declared = (it.routes.get(service) ?? []).filter(
      ({ method, url }) => url.startsWith('/api/') && METHODS.includes(method),
    )
    expect(declared.length).toBeGreaterThan(0)
    for (const { method, url } of declared)
      expect(told).toContain(`${method.toLowerCase()} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
    for (const one of told) expect(one).toMatch(/^(get|put|post|delete|patch|options) \//)
  })

  test('whose operations are whole: parameters of the path, answers, problems, references that lead somewhere', async () => {
    const document = (await documentOf(service)).json()
    for (const [path, operations] of Object.entries<Record<string, Operation>>(document.paths))
      for (const operation of Object.values(operations)) {
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
        expect(
          (operation.parameters ?? []).filter((one) => one.in === 'path' && one.required).map(({ name }) => name),
        ).toEqual(inPath)
        expect(operation.responses['default']?.content?.['application/problem+json']?.schema).toEqual({
          $ref: '#/components/schemas/Problem',
        })
        for (const response of Object.values(operation.responses)) expect(response).toHaveProperty('description')
      }
    for (const reference of references(document)) {
      const found = reference
        .slice(2)
        .split('/')
        .reduce((place, key) => place?.[key], document)
      expect(found, reference).toBeTypeOf('object')
    }
  })
})

test('the document speaks the reader’s language, and names the host', async () => {
  const [french, english] = [
    await documentOf('link', { 'accept-language': 'fr' }),
    await documentOf('link', { 'accept-language': 'en' }),
  ]
  expect([french.json().info.title, english.json().info.title]).toEqual(['Liens', 'Links'])
  expect(english.json().info.description).toContain('Shorten an address.')
  expect(english.json().servers).toEqual([{ url: `http://link.localhost:${it.port}` }])
})

test('pages are not in it; what is published besides /api/ is', async () => {
  const { paths } = (await documentOf('portal')).json()
  expect(Object.keys(paths)).toContain('/stats.json')
  expect(Object.keys(paths)).not.toContain('/chiffres')
})

test('a host that nobody knows publishes nothing', async () => {
  expect((await it.ask('nobody', '/api/v1/openapi.json')).status).toBe(404)
})

import { Type } from 'typebox'
import type { App } from '../../../../platform/http/app.ts'
import type { LinkContext } from '../../context.ts'
import { readTags } from '../../links.ts'
import { listOf, Listed } from './lists.ts'
import { paged, partOf, LONGEST_PAGE, PAGE } from './paging.ts'
import { invalidData, tagConflict, tagNotFound } from './problems.ts'
import { OPEN, PUBLISHED, VERSIONS } from './scope.ts'
import { summaryOf } from './short-url.ts'

const Query = Type.Object({ ...PAGE, searchTerm: Type.Optional(Type.String()) })

/** The routes of an account's tags. */
export function tagRoutes(api: App, { linkList }: LinkContext): void {
  const known = async (holder: string, searchTerm = '') =>
    (await linkList.tags(holder)).filter(({ tag }) => tag.includes(searchTerm.toLowerCase()))

  for (const version of VERSIONS) {
    const config = version === 'v3' ? PUBLISHED : OPEN

    api.get(
      `/rest/${version}/tags`,
      { config, schema: { description: 'Tags.', querystring: Query } },
      async ({ keyHolder, query }, reply) => {
        const part = partOf(query, LONGEST_PAGE)
        const names = (await known(keyHolder.id, query.searchTerm)).map(({ tag }) => tag)
        return reply.send({ tags: paged(names.slice(part.offset, part.offset + part.limit), part, names.length) })
      },
    )

    api.get(
      `/rest/${version}/tags/stats`,
      {
        config,
        schema: {
          description: 'Tags, with how many links have each and how often those were visited.',
          querystring: Query,
        },
      },
      async ({ keyHolder, query }, reply) => {
        const part = partOf(query, LONGEST_PAGE)
        const stats = (await known(keyHolder.id, query.searchTerm)).map((one) => ({
          tag: one.tag,
          shortUrlsCount: one.links,
          visitsSummary: summaryOf(one),
        }))
        return reply.send({ tags: paged(stats.slice(part.offset, part.offset + part.limit), part, stats.length) })
      },
    )
  }

  api.put(
    '/rest/v3/tags',
    {
      config: PUBLISHED,
      schema: {
        description: 'Gives a tag another name.',
        body: Type.Object({ oldName: Type.String({ minLength: 1 }), newName: Type.String({ minLength: 1 }) }),
      },
    },
    async ({ keyHolder, body }, reply) => {
      const [oldName = ''] = readTags([body.oldName])
      const [newName] = readTags([body.newName])
      if (newName === undefined) throw invalidData(['newName'])
      const done = await linkList.renameTag(keyHolder.id, oldName, newName)
      if (done === 'unknown') throw tagNotFound(body.oldName)
      if (done === 'taken') throw tagConflict(body.oldName, body.newName)
      return reply.code(204).send()
    },
  )

  api.delete(
    '/rest/v3/tags',
    {
      config: PUBLISHED,
      schema: { description: 'Takes tags away from all links.', querystring: Type.Object({ 'tags[]': Listed }) },
    },
    async ({ keyHolder, query }, reply) => {
      await linkList.dropTags(keyHolder.id, readTags(listOf(query['tags[]'])))
      return reply.code(204).send()
    },
  )
}

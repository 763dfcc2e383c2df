import type { FastifySchema } from 'fastify'
import type { App } from './app.ts'

/** One route of a host, as it was declared. */
export interface ListedRoute {
  method: string
  /** The pattern: `/problems/:service/:name`. */
  url: string
  schema: FastifySchema | undefined
  /** Whether pages of other sites may ask and write there. */
  isOpenToOtherSites: boolean
  /** Whether it decides itself on other sites. */
  decidesOnSites: boolean
}

/**
 * The routes of an instance, in the order of their declaration; call it before the first of them. The list grows while
 * routes are added. Answers to HEAD that Fastify makes of GET are in it too.
 */
export function listRoutes(app: App): readonly ListedRoute[] {
  const routes: ListedRoute[] = []
  app.addHook('onRoute', ({ method, url, schema, config }) => {
    for (const one of [method].flat())
      routes.push({
        method: one,
        url,
        schema,
        isOpenToOtherSites: config?.isOpenToOtherSites ?? false,
        decidesOnSites: config?.decidesOnSites ?? false,
      })
  })
  return routes
}

import type { App } from '../../../../platform/http/app.ts'
import type { LinkContext } from '../../context.ts'
import { noMercure } from './problems.ts'
import { OPEN, PUBLISHED, VERSIONS } from './scope.ts'

/** The version of Shlink that this API corresponds to: clients hide later features. */
const VERSION = '3.5.0'

/** How long browsers cache a CORS preflight, in seconds. */
const REMEMBERED = 3600

const NO_REDIRECTS = { baseUrlRedirect: null, regular404Redirect: null, invalidShortUrlRedirect: null }

/** The routes without a key: the health check, and CORS preflights. */
export function openRoutes(api: App): void {
  for (const version of ['', ...VERSIONS.map((name) => `/${name}`)])
    api.get(`/rest${version}/health`, { config: OPEN }, async (_, reply) =>
      reply.send({ status: 'pass', version: VERSION, links: {} }),
    )

  api.options('/rest/*', { config: OPEN, schema: { hide: true } }, async (_, reply) =>
    reply
      .code(204)
      .header('access-control-allow-methods', 'GET, POST, PATCH, PUT, DELETE, OPTIONS')
      .header('access-control-allow-headers', 'X-Api-Key, Authorization, Content-Type')
      .header('access-control-max-age', String(REMEMBERED))
      .send(),
  )
}

/** The configuration of the instance: one domain, and no Mercure hub. */
export function instanceRoutes(api: App, { addresses }: LinkContext): void {
  for (const version of VERSIONS) {
    const config = version === 'v3' ? PUBLISHED : OPEN

    api.get(`/rest/${version}/domains`, { config, schema: { description: 'The one domain.' } }, async (_, reply) =>
      reply.send({
        domains: {
          data: [{ domain: new URL(addresses.origin('link')).host, isDefault: true, redirects: NO_REDIRECTS }],
          defaultRedirects: NO_REDIRECTS,
        },
      }),
    )

    api.get(`/rest/${version}/mercure-info`, { config: OPEN }, async () => {
      throw noMercure()
    })
  }
}

import type { FastifyRequest } from 'fastify'
import type { App } from '../../../platform/http/app.ts'
import { takeFiles } from '../../../platform/http/file-form.ts'
import { Refusal } from '../../../platform/refusals.ts'
import type { IdentityContext } from '../context.ts'
import { accountRoutes } from './account.tsx'
import { administrationRoutes } from './administration.tsx'
import { deviceRoutes } from './devices.tsx'
import { joiningRoutes } from './joining.tsx'
import { meRoutes } from './me-api.ts'
import { openIdRoutes } from './openid.tsx'
import { organisationRoutes } from './organisations.tsx'
import { securityRoutes } from './security.tsx'
import { signingInRoutes } from './signing-in.tsx'

export function identityRoutes(app: App, context: IdentityContext): void {
  void app.register(async (scope: App) => {
    takeFiles(scope)
    context.pictures.serve(scope)
    scope.setErrorHandler((error, request, reply) => {
      const redirect = redirectFor(error, request)
      // Errors that are thrown here reach the handler of all hosts.
      if (!redirect) throw error
      return reply.redirect(redirect, 303)
    })
    for (const routes of [
      signingInRoutes,
      joiningRoutes,
      meRoutes,
      accountRoutes,
      securityRoutes,
      deviceRoutes,
      organisationRoutes,
      administrationRoutes,
      openIdRoutes,
    ])
      routes(scope, context)
  })
}

/** The page to which a person is redirected to sign in or to re-authenticate, and from which they return. */
function redirectFor(error: unknown, request: FastifyRequest): string | undefined {
  const isPage = !request.url.startsWith('/api/') && (request.headers.accept ?? '').includes('text/html')
  if (!isPage || !(error instanceof Refusal)) return undefined
  const back =
    request.method === 'GET' ? request.url : (URL.parse(request.headers.referer ?? '')?.pathname ?? '/compte')
  const query = `next=${encodeURIComponent(back)}`
  if (error.type === 'identity/signed-out') return `/login?${query}`
  if (error.type === 'identity/reauth-required') return `/confirmer?${query}`
  if (error.type === 'identity/second-factor-required') return `/compte/securite?${query}`
  return undefined
}

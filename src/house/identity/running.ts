import { sql } from 'kysely'
import type { Identity } from '../../platform/access/identity.ts'
import type { HousePlatform } from '../../platform/platform.ts'
import type { Running } from '../../platform/service.ts'
import { callerWithPassword } from './caller-with-password.ts'
import { dailyFiguresOf, figuresOf } from './figures.ts'
import { firstAdministrator, greetFirst } from './first-administrator.ts'
import { fillDemonstration, greetDemonstration } from './demonstration.ts'
import { identityJobs } from './jobs.ts'
import { openContext, type IdentityContext } from './context.ts'
import { identityRoutes } from './routes/routes.tsx'
import { identity } from './service.ts'

export async function openIdentity(platform: HousePlatform): Promise<Running> {
  const context = openContext(platform)
  await firstAdministrator(context)
  return {
    routes: (app) => identityRoutes(app, context),
    offers: { identity: answersOf(context) },
    jobs: identityJobs(context),
    figures: figuresOf(context),
    daily: dailyFiguresOf(context),
    person: context.personalData,
    greeting: async () => (platform.isDemonstration ? greetDemonstration(context) : greetFirst(context)),
    checks: [
      {
        label: identity.about.name,
        look: async () => void (await sql`select from identity.account limit 1`.execute(context.db)),
      },
    ],
    demo: () => fillDemonstration(context),
    [Symbol.asyncDispose]: async () => {},
  }
}

/** The accounts interface for the platform and the other services. */
function answersOf(context: IdentityContext): Identity {
  const { sessions, tokens, accounts } = context
  return {
    sessionOf: (cookie, service) => sessions.find(cookie, service),
    exchangeSso: (handOver) => sessions.exchangeSso(handOver),
    callerWithToken: (token) => tokens.find(token),
    callerWithPassword: (login, password, scope, address) =>
      callerWithPassword(context, { login, password, scope, address }),
    namesOf: (ids) => accounts.namesOf(ids),
    mailboxesOf: (who) => accounts.mailboxesOf(who),
  }
}

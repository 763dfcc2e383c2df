import { sql } from 'kysely'
import type { Identity } from '../../platform/access/identity.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Running } from '../../platform/service.ts'
import { callerWithPassword } from './caller-with-password.ts'
import { dailyFiguresOf, figuresOf } from './figures.ts'
import { firstAdministrator, greetFirst } from './first.ts'
import { fillDemonstration, greetDemonstration } from './demonstration.ts'
import { identityJobs } from './jobs.ts'
import { furnish, type Rooms } from './rooms.ts'
import { identityRoutes } from './routes/routes.tsx'
import { identity } from './service.ts'

export async function openIdentity(platform: Platform): Promise<Running> {
  const rooms = furnish(platform)
  await firstAdministrator(rooms)
  return {
    routes: (app) => identityRoutes(app, rooms),
    identity: answersOf(rooms),
    jobs: identityJobs(rooms),
    figures: figuresOf(rooms),
    daily: dailyFiguresOf(rooms),
    person: rooms.personalData,
    greeting: async () => (platform.isDemonstration ? greetDemonstration(rooms) : greetFirst(rooms)),
    checks: [
      {
        label: identity.about.name,
        look: async () => void (await sql`select from identity.account limit 1`.execute(rooms.db)),
      },
    ],
    demo: () => fillDemonstration(rooms),
    [Symbol.asyncDispose]: async () => {},
  }
}

/** What the platform and the services ask about people. */
function answersOf(rooms: Rooms): Identity {
  const { sessions, tokens, accounts } = rooms
  return {
    sessionOf: (cookie, service) => sessions.find(cookie, service),
    takeOver: (handOver) => sessions.takeOver(handOver),
    callerWithToken: (token) => tokens.find(token),
    callerWithPassword: (login, password, scope, address) =>
      callerWithPassword(rooms, { login, password, scope, address }),
    namesOf: (ids) => accounts.namesOf(ids),
    mailboxesOf: (who) => accounts.mailboxesOf(who),
  }
}

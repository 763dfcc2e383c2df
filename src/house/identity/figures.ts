import { sql, type RawBuilder } from 'kysely'
import type { DailyFigure, Figure } from '../../platform/figures/figure.ts'
import type { IdentityContext } from './context.ts'

/** The account figures of the activity report. */
export function figuresOf({ db }: IdentityContext): Figure[] {
  return [
    {
      id: 'identity.accounts',
      kind: 'stock',
      unit: 'count',
      label: { fr: 'Comptes actifs', en: 'Active accounts' },
      definition: {
        fr: 'Comptes de personnes qui peuvent se connecter ce jour-là.',
        en: 'Accounts of people who can sign in on that day.',
      },
      sample: () =>
        count(
          db,
          sql`select count(*)::int as count from identity.account where state in ('active', 'closing') and kind = 'person'`,
        ),
    },
    {
      id: 'identity.organisations',
      kind: 'stock',
      unit: 'count',
      label: { fr: 'Organisations', en: 'Organisations' },
      definition: {
        fr: 'Organisations pour lesquelles au moins une personne a un compte.',
        en: 'Organisations for which at least one person has an account.',
      },
      sample: () => count(db, sql`select count(distinct organisation)::int as count from identity.organisation_person`),
    },
  ]
}

/** The account figures of each day. */
export function dailyFiguresOf({ db, platform: { config } }: IdentityContext): DailyFigure[] {
  const beginning = (day: Temporal.PlainDate) => day.toZonedDateTime(config.time_zone).toInstant()
  return [
    {
      id: 'identity.signins',
      unit: 'count',
      label: { fr: 'Connexions', en: 'Sign-ins' },
      definition: {
        fr: 'Connexions réussies, tous services ensemble.',
        en: 'Successful sign-ins, all services together.',
      },
      count: (day) => {
        const end = beginning(day.add({ days: 1 }))
        // Before the first line of the log the figure is unknown.
        return count(
          db,
          sql`select count(*)::int as count from identity.security_log where action = 'sign-in.done' and at >= ${beginning(day)} and at < ${end}
            having exists (select from identity.security_log where at < ${end})`,
        )
      },
    },
  ]
}

async function count(db: IdentityContext['db'], query: RawBuilder<{ count: number }>): Promise<number | null> {
  return (await query.execute(db)).rows[0]?.count ?? null
}

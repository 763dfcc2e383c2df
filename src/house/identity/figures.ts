import { sql } from 'kysely'
import type { Figure } from '../../platform/figures/figure.ts'
import type { Rooms } from './rooms.ts'

/** What the annual report counts of accounts. */
export function figuresOf({ db }: Rooms): Figure[] {
  const count = async (query: ReturnType<typeof sql<{ count: number }>>) => (await query.execute(db)).rows[0]?.count ?? null
  return [
    {
      id: 'identity.accounts',
      kind: 'stock',
      unit: 'count',
      label: { fr: 'Comptes actifs', en: 'Active accounts' },
      definition: { fr: 'Comptes de personnes qui peuvent se connecter ce jour-là.', en: 'Accounts of people who can sign in on that day.' },
      sample: () => count(sql`select count(*)::int as count from identity.account where state in ('active', 'closing') and kind = 'person'`),
    },
    {
      id: 'identity.organisations',
      kind: 'stock',
      unit: 'count',
      label: { fr: 'Organisations', en: 'Organisations' },
      definition: { fr: 'Organisations pour lesquelles au moins une personne a un compte.', en: 'Organisations for which at least one person has an account.' },
      sample: () => count(sql`select count(distinct organisation)::int as count from identity.organisation_person`),
    },
    {
      id: 'identity.signins',
      kind: 'flow',
      unit: 'count',
      label: { fr: 'Connexions', en: 'Sign-ins' },
      definition: { fr: 'Connexions réussies la veille, tous services ensemble.', en: 'Successful sign-ins on the day before, all services together.' },
      sample: () =>
        count(sql`select count(*)::int as count from identity.audit where action = 'sign-in.done' and at >= current_date - 1 and at < current_date`),
    },
  ]
}

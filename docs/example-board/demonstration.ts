import type { Kysely } from 'kysely'
import type { BoardTables } from './tables.ts'

const NOTICES = [
  {
    id: 'velo',
    title: 'Vélo d’enfant à donner',
    text: 'Un 20 pouces bleu, pneus neufs. À prendre à Recouvrance, le soir.',
  },
  {
    id: 'chorale',
    title: 'Chorale cherche ténors',
    text: 'Répétitions le mardi à 20 h, salle du Bouguen. Aucune audition : venez essayer.',
  },
]

/** Some notices that nobody in particular has put up; those that are there already stay as they are. */
export async function plantDemonstration(db: Kysely<BoardTables>, days: number): Promise<void> {
  const endsAt = Temporal.Now.instant().add({ hours: 24 * days })
  await db
    .insertInto('notice')
    .values(
      NOTICES.map((notice) => ({
        ...notice,
        author: null,
        picture: null,
        hash: Buffer.from(notice.id),
        ends_at: endsAt.toString(),
      })),
    )
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

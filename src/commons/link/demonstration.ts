import type { Kysely } from 'kysely'
import { targetKeys } from './link.ts'
import type { LinkTables } from './tables.ts'

/** The targets of the demonstration: pages that a person in Brest may want on a poster. */
const LINKS = [
  {
    slug: 'venir',
    title: 'Comment venir',
    url: 'https://www.openstreetmap.org/?mlat=48.3904&mlon=-4.4861#map=16/48.3904/-4.4861',
    visits: 40,
  },
  { slug: 'chatons', title: 'Le collectif CHATONS', url: 'https://www.chatons.org/', visits: 12 },
  { slug: 'bus', title: 'Les bus de Brest', url: 'https://www.bibus.fr/', visits: 25 },
]

/** Days of visits in the demonstration. */
const DAYS = 45

/** Adds a few links whose visits rise and fall with the week; existing links stay as they are. */
export async function plantDemonstration(db: Kysely<LinkTables>, today: Temporal.PlainDate): Promise<void> {
  for (const { slug, title, url, visits } of LINKS) {
    const days = Array.from({ length: DAYS }, (_, ago) => {
      const day = today.subtract({ days: ago })
      const clicks = Math.round((visits * (day.dayOfWeek > 5 ? 0.4 : 1) * (1 + Math.sin(ago / 3))) / 2)
      return { day: day.toString(), clicks, bots: Math.floor(clicks / 8) }
    }).filter(({ clicks }) => clicks > 0)
    await db.transaction().execute(async (transaction) => {
      const made = await transaction
        .insertInto('link')
        .values({
          slug,
          title,
          url,
          ...targetKeys(url),
          clicks: days.reduce((sum, { clicks }) => sum + clicks, 0),
          bots: days.reduce((sum, { bots }) => sum + bots, 0),
          last_click_on: today.toString(),
          created_at: today.subtract({ days: DAYS }).toZonedDateTime('UTC').toInstant().toString(),
          source: 'import',
          imported_at: Temporal.Now.instant().toString(),
          health: 'alive',
          health_at: today.subtract({ days: 3 }).toZonedDateTime('UTC').toInstant().toString(),
          next_check_at: today.add({ days: 27 }).toZonedDateTime('UTC').toInstant().toString(),
        }) // prettier-ignore
        .onConflict((conflict) => conflict.column('slug').doNothing())
        .returning('id')
        .executeTakeFirst()
      if (made) await transaction.insertInto('link_day').values(days.map((day) => ({ link_id: made.id, ...day }))).execute() // prettier-ignore
    })
  }
}

import { settingsOf } from '../../src/platform/config/settings.ts'
import { KeptPictures } from '../../src/platform/images/kept-pictures.ts'
import type { Platform } from '../../src/platform/platform.ts'
import type { Running } from '../../src/platform/service.ts'
import { moderatedNotices } from './moderated.ts'
import { Notices } from './notices.ts'
import { personalDataOf } from './personal-data.ts'
import { boardRoutes } from './routes/routes.ts'
import { board } from './service.ts'
import { settings } from './settings.ts'
import type { BoardTables } from './tables.ts'

export async function openBoard(platform: Platform): Promise<Running> {
  const { addresses, offers, config, database } = platform
  const db = database.schema<BoardTables>('board')
  const pictures = new KeptPictures(platform, 'board', [
    { table: 'notice', column: 'picture', id: 'id', shownIf: { column: 'state', value: 'shown' } },
  ])
  const { days } = settingsOf(config, 'board', settings)
  const notices = new Notices({ db, platform, pictures, days })
  return {
    routes: (app) => boardRoutes(app, { notices, pictures, addresses, offers }),
    content: moderatedNotices(db, addresses),
    person: personalDataOf({ db, notices, pictures }),
    usage: async (account) => {
      const own = db.selectFrom('notice').select('id').where('account', '=', account)
      const count = String((await own.execute()).length)
      return [{ label: board.about.name, value: { fr: count, en: count }, address: addresses.of('board') }]
    },
    daily: [
      {
        id: 'board.posted',
        unit: 'count',
        label: { fr: 'Annonces passées', en: 'Notices posted' },
        definition: { fr: 'Annonces passées ce jour-là.', en: 'Notices posted on that day.' },
        isTallied: true,
      },
      {
        id: 'board.answered',
        unit: 'count',
        label: { fr: 'Réponses à des annonces', en: 'Answers to notices' },
        definition: { fr: 'Transmises ce jour-là par courriel.', en: 'Relayed by e-mail on that day.' },
        isTallied: true,
      },
    ],
    figures: [
      {
        id: 'board.shown',
        kind: 'stock',
        unit: 'count',
        label: { fr: 'Annonces affichées', en: 'Notices shown' },
        definition: { fr: 'Annonces que tout le monde peut lire.', en: 'Notices that everyone can read.' },
        sample: async () => {
          const { shown } = await db
            .selectFrom('notice')
            .select((notice) => notice.fn.countAll<number>().as('shown'))
            .where('state', '=', 'shown')
            .executeTakeFirstOrThrow()
          return shown
        },
      },
    ],
    checks: [
      {
        label: board.about.name,
        look: async () => void (await db.selectFrom('notice').select('id').limit(1).execute()),
      },
    ],
    demo: async () => {
      if ((await notices.list()).length > 0) return
      const written = { title: 'Donne pommes', text: 'Un cageot, à venir chercher au port.', email: 'anne@example.org' }
      const { id } = await notices.post(written, { from: { address: '127.0.0.1', port: null }, language: 'fr' })
      await db.updateTable('notice').set({ state: 'shown' }).where('id', '=', id).execute()
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

import { KeptPictures } from '../../src/platform/images/kept-pictures.ts'
import type { Platform } from '../../src/platform/platform.ts'
import { settingsOf } from '../../src/platform/config/settings.ts'
import type { Running } from '../../src/platform/service.ts'
import { Answers } from './answers.ts'
import type { BoardContext } from './context.ts'
import { plantDemonstration } from './demonstration.ts'
import { dailyFigures } from './figures.ts'
import { moderatedNotices } from './moderated.ts'
import { Notices } from './notices.ts'
import { personalDataOf } from './personal-data.ts'
import { boardRoutes } from './routes/routes.tsx'
import { board, settings } from './service.ts'
import type { BoardTables } from './tables.ts'

export async function openBoard(platform: Platform): Promise<Running> {
  const { addresses, offers } = platform
  const db = platform.database.schema<BoardTables>('board')
  const { days } = settingsOf(platform.config, 'board', settings)
  const pictures = new KeptPictures(platform, 'board', [
    { table: 'notice', column: 'picture', id: 'id', shownIf: { column: 'state', value: 'shown' } },
  ])
  const notices = new Notices({ db, platform, pictures, days })
  const answers = new Answers({ db, platform, notices })
  const context: BoardContext = { notices, answers, pictures, addresses, offers }
  return {
    routes: (app) => boardRoutes(app, context),
    daily: dailyFigures,
    content: moderatedNotices(db, addresses),
    person: personalDataOf(db, pictures),
    checks: [
      {
        label: board.about.name,
        look: async () => void (await db.selectFrom('notice').select('id').limit(1).execute()),
      },
    ],
    demo: () => plantDemonstration(db, days),
    [Symbol.asyncDispose]: async () => {},
  }
}

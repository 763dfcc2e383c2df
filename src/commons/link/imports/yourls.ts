import { Type } from 'typebox'
import { acceptedRows } from '../../../platform/imports/accepted-rows.ts'
import { column, nullable } from '../../../platform/imports/columns.ts'
import type { ImportManner } from '../../../platform/imports/importer.ts'
import type { Source } from '../../../platform/imports/source.ts'
import type { Platform } from '../../../platform/platform.ts'
import { isBot } from '../../../platform/visits/bots.ts'
import { readTitle } from '../titles.ts'
import { DailyVisits } from './daily-visits.ts'
import { readMoment } from './moments.ts'
import { takeOver, type Takeover, type TakeoverNeeds } from './takeover.ts'

/** The tables of YOURLS (https://github.com/YOURLS/YOURLS, `includes/functions-install.php`), without IP addresses. */
const LinkRow = Type.Object({
  keyword: column.text,
  url: column.text,
  title: Type.Optional(nullable(column.text)),
  timestamp: Type.Optional(nullable(column.text)),
  clicks: nullable(column.integer),
})
const VisitRow = Type.Object({
  shorturl: column.text,
  click_time: column.moment,
  user_agent: Type.Optional(nullable(column.text)),
})

/**
 * Imports the links of YOURLS, and its log of visits as daily sums: the visitors' addresses, referrers and browsers
 * are not stored. The log counts only for links that this import creates, so no visit counts twice.
 *
 * @throws SourceError when the source has no table of YOURLS, or is unreadable
 */
export async function importYourls(
  platform: TakeoverNeeds & Pick<Platform, 'config'>,
  source: Source,
  { options, ...manner }: ImportManner,
): Promise<void> {
  const prefix = typeof options['prefix'] === 'string' ? options['prefix'] : 'yourls_'
  const { report } = manner
  await takeOver(platform, 'yourls', manner, async (takeover) => {
    for await (const row of acceptedRows(source, `${prefix}url`, LinkRow, ({ where, why }) => report.tell('unreadable', `${where}: ${why}`)))
      await takeover.take({
        slug: row.keyword,
        url: row.url,
        title: readTitle(row.title),
        tags: [],
        clicks: Math.max(0, Number(row.clicks)),
        createdAt: row.timestamp ? readMoment(row.timestamp) : null,
        endsAt: null,
        isDisabled: false,
      }) // prettier-ignore
    await takeover.flush()
    if (takeover.made > 0 && source.tables.has(`${prefix}log`))
      await sumVisits(platform.config.time_zone, source, `${prefix}log`, takeover, manner)
  })
}

/** @param timeZone the association's, in which days are summed; YOURLS stores moments in UTC */
async function sumVisits(
  timeZone: string,
  source: Source,
  log: string,
  { db }: Takeover,
  { report }: Pick<ImportManner, 'report'>,
): Promise<void> {
  const visits = await DailyVisits.begin(db)
  const unread = ({ where, why }: { where: string; why: string }) =>
    report.tell('visits that cannot be read', `${where}: ${why}`)
  for await (const { shorturl, click_time: at, user_agent: userAgent } of acceptedRows(source, log, VisitRow, unread)) {
    const day = readMoment(at)?.toZonedDateTimeISO(timeZone).toPlainDate()
    if (!day) report.count('visits that cannot be read')
    else await visits.add(shorturl, day.toString(), isBot(userAgent))
  }
  const { taken, others } = await visits.end()
  report.count('visits taken over, summed a day', taken)
  if (others > 0) report.count('visits of links that were not imported now', others)
}

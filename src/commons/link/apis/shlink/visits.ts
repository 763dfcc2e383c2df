import { Type } from 'typebox'
import type { App } from '../../../../platform/http/app.ts'
import type { LinkContext } from '../../context.ts'
import type { Day } from '../../link-list.ts'
import { readMoment, writeMoment } from './moments.ts'
import { paged, partOf, LONGEST_PAGE, PAGE, type Part } from './paging.ts'
import { OPEN, PUBLISHED, VERSIONS } from './scope.ts'
import { refuseOtherDomains } from './short-urls.ts'
import { summaryOf } from './short-url.ts'

const Query = Type.Object({
  ...PAGE,
  startDate: Type.Optional(Type.String()),
  endDate: Type.Optional(Type.String()),
  excludeBots: Type.Optional(Type.String({ description: '`true` or `1`' })),
  domain: Type.Optional(Type.String()),
})

/** A visit, of which only the day is known, and whether it was a bot's. */
interface Visit {
  referer: ''
  date: string
  userAgent: ''
  visitLocation: null
  potentialBot: boolean
}

/** The routes of visits. */
export function visitsRoutes(api: App, context: LinkContext): void {
  const { links, linkList, timeZone } = context

  for (const version of VERSIONS) {
    const config = version === 'v3' ? PUBLISHED : OPEN

    api.get(
      `/rest/${version}/visits`,
      { config, schema: { description: 'Visits of all links.' } },
      async ({ keyHolder }, reply) => {
        const totals = await linkList.totals(keyHolder.id)
        return reply.send({
          visits: { nonOrphanVisits: summaryOf(totals), orphanVisits: summaryOf({ clicks: 0, bots: 0 }) },
        })
      },
    )

    api.get(
      `/rest/${version}/short-urls/:shortCode/visits`,
      {
        config,
        schema: {
          description: 'Visits of a link, of each the day alone.',
          params: Type.Object({ shortCode: Type.String() }),
          querystring: Query,
        },
      },
      async ({ keyHolder, params, query }, reply) => {
        refuseOtherDomains(query.domain, params.shortCode, context)
        const { startDate, endDate, excludeBots } = query
        const from = startDate === undefined ? undefined : dayOf(readMoment(startDate, 'startDate', timeZone), timeZone)
        const until = endDate === undefined ? undefined : dayOf(readMoment(endDate, 'endDate', timeZone), timeZone)
        const { id } = await links.ownedBy(keyHolder.id, params.shortCode)
        const days = (await linkList.days(id))
          .filter(({ day }) => isWithin(day, from, until))
          .map((day) => (isTrue(excludeBots) ? withoutBots(day) : day))
        const part = partOf(query, LONGEST_PAGE)
        const total = days.reduce((sum, { clicks }) => sum + clicks, 0)
        return reply.send({ visits: paged(visitsWithin(days, part, timeZone), part, total) })
      },
    )
  }
}

/** Returns one page of the visits of these days, the newest first; on each day people before bots. */
function visitsWithin(days: Day[], { offset, limit }: Part, timeZone: string): Visit[] {
  const visits: Visit[] = []
  let passed = 0
  for (const { day, clicks, bots } of days.toReversed())
    for (const [potentialBot, count] of [
      [false, clicks - bots],
      [true, bots],
    ] as const) {
      // prettier-ignore
      const date = writeMoment(day.toZonedDateTime(timeZone).toInstant(), timeZone)
      const here = Math.min(count, offset + limit - passed) - Math.max(0, offset - passed)
      for (let visit = 0; visit < here; visit++)
        visits.push({ referer: '', date, userAgent: '', visitLocation: null, potentialBot })
      passed += count
    }
  return visits
}

function withoutBots({ day, clicks, bots }: Day): Day {
  return { day, clicks: clicks - bots, bots: 0 }
}

function isWithin(
  day: Temporal.PlainDate,
  from: Temporal.PlainDate | undefined,
  until: Temporal.PlainDate | undefined,
): boolean {
  return (
    (!from || Temporal.PlainDate.compare(day, from) >= 0) && (!until || Temporal.PlainDate.compare(day, until) <= 0)
  )
}

function dayOf(moment: Temporal.Instant, timeZone: string): Temporal.PlainDate {
  return moment.toZonedDateTimeISO(timeZone).toPlainDate()
}

function isTrue(text: string | undefined): boolean {
  return text === 'true' || text === '1'
}

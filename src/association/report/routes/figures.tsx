import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { precisionOf } from '../../../platform/figures/dates.ts'
import { readNumber, readState, formatValue } from '../../../platform/figures/numbers.ts'
import { known, type Known, type Series } from '../../../platform/figures/figure.ts'
import type { App } from '../../../platform/http/app.ts'
import { signInFirst } from '../../../platform/http/caller.ts'
import { readFields } from '../../../platform/refusals.ts'
import { drawBadge } from '../badge.ts'
import type { ReportContext } from '../context.ts'
import { freezeFigures } from '../freezing.ts'
import { FigurePage } from '../pages/figure.tsx'
import { FiguresHome } from '../pages/figures-home.tsx'
import { SnapshotPage, type Reviewed } from '../pages/snapshot.tsx'
import { allow, isAllowed } from '../permissions.ts'
import { readReason } from '../reasons.ts'
import { refuse } from '../refusals.ts'
import { FAR, oddValue } from '../../../platform/figures/odd-values.ts'

const Id = Type.Object({ id: Type.String({ maxLength: 200 }) })

/** The id of a figure to write to. */
const WrittenId = Type.Object({ id: Type.String({ pattern: '^[a-z0-9.]+$', maxLength: 200 }) })

/** The figures to show: of one service or one prefix of ids. Only the operator of that part needs them. */
const Filter = Type.Object({ only: Type.Optional(Type.String({ pattern: '^[a-z0-9.]{1,100}$' })) })

const RightForm = Type.Object({
  date: Type.String({ maxLength: 40 }),
  value: Type.String({ maxLength: 40 }),
  reason: Type.String(),
})

const FrozenForm = Type.Object({
  snapshot: Type.String({ maxLength: 100 }),
  value: Type.String({ maxLength: 40 }),
  reason: Type.String(),
})

const BreakForm = Type.Object({
  since: Type.String({ maxLength: 40 }),
  fr: Type.String(),
  en: Type.String(),
})

const SnapshotForm = Type.Object({ name: Type.String({ maxLength: 100 }) })

/** The pages of figures: all of them, each of them, and the snapshot. */
export function figurePages(app: App, { figures, editions, addresses, today }: ReportContext): void {
  for (const path of ['/', '/chiffres', '/figures']) {
    app.get(path, { schema: { querystring: Filter } }, async (request, reply) => {
      const { only } = request.query
      const [series, recent, snapshots, published] = await Promise.all([
        figures.series(),
        figures.recent(today(), only),
        figures.snapshots.list(),
        editions.list(),
      ])
      const [snapshot] = snapshots
      const frozen = snapshot ? await figures.snapshots.values(snapshot.name) : new Map()
      const shown = [...series.values()].filter(
        ({ id }) => only === undefined || id === only || id.startsWith(`${only}.`),
      )
      const caller = request.caller
      return reply.page(
        <FiguresHome
          series={shown}
          recent={recent}
          frozen={frozen}
          editions={only ? [] : published}
          mayFreeze={isAllowed(caller, 'freeze')}
          mayImport={isAllowed(caller, 'import')}
          {...(snapshot && { snapshot })}
          {...(only && { only })}
        />,
      )
    })
  }

  for (const path of ['/chiffres/:id', '/figures/:id']) {
    app.get(path, { schema: { params: Id } }, async (request, reply) => {
      return showFigure(reply, request)
    })

    app.post(path, { schema: { params: WrittenId, body: RightForm } }, async (request, reply) => {
      const { id: by } = allow(request.caller, 'import')
      const { id } = request.params
      const work = async () => {
        const { date, value, reason } = readFields({
          date: () => readDate(request.body.date),
          value: () => toldBy(request.body.value),
          reason: () => readReason(request.body.reason),
        })
        if (!(await figures.note({ figure: id, date, ...value, reason, by }))) throw refuse('no-figure', { id })
        return `/chiffres/${id}`
      }
      return reply.form(work, () => showFigure(reply, request))
    })

    app.post(`${path}/frozen`, { schema: { params: WrittenId, body: FrozenForm } }, async (request, reply) => {
      const { id: by } = allow(request.caller, 'freeze')
      const { id } = request.params
      const { snapshot } = request.body
      const work = async () => {
        const { value, reason } = readFields({
          value: () => toldBy(request.body.value),
          reason: () => readReason(request.body.reason),
        })
        const isThere = (await figures.snapshots.ofFigure(id)).some((frozen) => frozen.snapshot === snapshot)
        if (!isThere || !(await figures.snapshots.correct({ snapshot, figure: id, ...value, reason, by })))
          throw refuse('no-figure', { id })
        return `/chiffres/${id}`
      }
      return reply.form(work, () => showFigure(reply, request))
    })

    app.post(`${path}/breaks`, { schema: { params: WrittenId, body: BreakForm } }, async (request, reply) => {
      allow(request.caller, 'import')
      const { id } = request.params
      const work = async () => {
        const { since, fr, en } = readFields({
          since: () => readDate(request.body.since),
          fr: () => readReason(request.body.fr),
          en: () => readReason(request.body.en),
        })
        if (!(await figures.breakAt(id, { since, what: { fr, en } }))) throw refuse('no-figure', { id })
        return `/chiffres/${id}#breaks`
      }
      return reply.form(work, () => showFigure(reply, request))
    })

    app.post(
      `${path}/breaks/removals`,
      { schema: { params: WrittenId, body: Type.Object({ since: Type.String({ maxLength: 10 }) }) } },
      async (request, reply) => {
        allow(request.caller, 'import')
        const { id } = request.params
        const { since } = request.body
        if (!precisionOf(since) || !(await figures.mendBreak(id, since))) throw refuse('no-break')
        return reply.redirect(`/chiffres/${id}#breaks`, 303)
      },
    )
  }

  app.get(
    '/badges/:name',
    {
      config: { isOpenToOtherSites: true },
      schema: { params: Type.Object({ name: Type.String({ pattern: '^[a-z0-9.]+\\.svg$', maxLength: 200 }) }) },
    },
    async (request, reply) => {
      const id = request.params.name.replace(/\.svg$/, '')
      const one = await figures.one(id)
      if (!one) throw refuse('no-figure', { id })
      const { reader } = request
      const last = one.points.findLast(({ value }) => value !== null)
      const svg = drawBadge(one.label[reader.language], last ? formatValue(last, one.unit, reader) : '?')
      return reply
        .type('image/svg+xml')
        .header('cache-control', 'public, max-age=3600')
        .header('cross-origin-resource-policy', 'cross-origin')
        .send(svg)
    },
  )

  for (const path of ['/instantane', '/snapshot']) {
    app.get(path, { preHandler: signInFirst(addresses) }, async (request, reply) => {
      allow(request.caller, 'freeze')
      return showReview(reply)
    })
    app.post(path, { schema: { body: SnapshotForm } }, async (request, reply) => {
      const { id: by } = allow(request.caller, 'freeze')
      const work = async () => {
        await freezeFigures({ figures, today }, { name: request.body.name, by })
        return '/chiffres'
      }
      return reply.form(work, () => showReview(reply))
    })
  }

  async function showFigure(
    reply: FastifyReply,
    request: FastifyRequest<{ Params: Static<typeof Id> }>,
  ): Promise<FastifyReply> {
    const { id } = request.params
    const [caller, one] = [request.caller, await figures.one(id)]
    if (!one) throw refuse('no-figure', { id })
    const [points = [], frozen, days] = await Promise.all([
      figures.points(id),
      figures.snapshots.ofFigure(id),
      one.isDaily ? figures.points(id, { step: 'day' }) : undefined,
    ])
    const ownDays = days?.filter(({ date }) => precisionOf(date) === 'day')
    const may = { mayNote: isAllowed(caller, 'import'), mayFreeze: isAllowed(caller, 'freeze') }
    return reply.page(
      <FigurePage one={one} points={points} frozen={frozen} {...(ownDays && { days: ownDays })} {...may} />,
    )
  }

  /** Shows what a snapshot would freeze now, odd and unknown values first. */
  async function showReview(reply: FastifyReply): Promise<FastifyReply> {
    const [series, current, snapshots] = await Promise.all([
      figures.series({ withPrivate: true }),
      figures.current(),
      figures.snapshots.list(),
    ])
    const reviewed = [...current].flatMap(([id, { value }]): Reviewed[] => {
      const one = series.get(id)
      return one ? [reviewOf(one, value)] : []
    })
    const daily = [...series.values()].filter(({ isDaily, isDeclared }) => isDaily && isDeclared)
    const count = reviewed.length + daily.length
    return reply
      .header('cache-control', 'no-store')
      .page(<SnapshotPage reviewed={reviewed} count={count} today={today()} last={snapshots[0]} />)
  }

  function reviewOf(one: Series, value: number | null): Reviewed {
    const before = one.points.findLast((point) => point.value !== null && point.date.length < 10)
    const odd =
      value === null
        ? undefined
        : oddValue(
            one,
            { date: today().toString(), value },
            before?.value == null ? undefined : { date: before.date, value: before.value },
            FAR.inSnapshot,
          )
    return { one, value, ...(before && { before }), ...(odd && { odd }) }
  }
}

/** @throws Refusal `no-date` */
function readDate(date: string): string {
  if (!precisionOf(date)) throw refuse('no-date', { date })
  return date
}

/** Reads an entered value: a number, N/C, or nothing. @throws Refusal `no-value` */
function toldBy(value: string): Known {
  const number = readNumber(value)
  if (number !== undefined) return known(number)
  if (value.trim() !== '' && readState(value) !== 'not-communicated') throw refuse('no-value')
  return { value: null, state: readState(value) }
}

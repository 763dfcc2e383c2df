import { Type, type Static } from 'typebox'
import { precisionOf } from '../../../platform/figures/dates.ts'
import type { Conflict } from '../../../platform/figures/history-error.ts'
import { HistoryConflict, HistoryError } from '../../../platform/figures/history-error.ts'
import type { ImportResult } from '../../../platform/figures/figures.ts'
import { describeGap } from '../../../platform/figures/gap.ts'
import type { App } from '../../../platform/http/app.ts'
import type { Reader } from '../../../platform/language/reader.ts'
import type { ReportContext } from '../context.ts'
import { allow } from '../permissions.ts'
import { refuse } from '../refusals.ts'
import { freezeFigures } from '../freezing.ts'
import { onConflictOf } from '../importing.ts'

/** The most bytes of an import: thirty years of two hundred series take a tenth of it. */
const IMPORT_LIMIT = 10 * 1024 * 1024

const OPEN = { isOpenToOtherSites: true }

const FigureId = Type.Object({ id: Type.String({ maxLength: 200, description: 'Such as `pad.pads`.' }) })
const Day = Type.String({ maxLength: 10, description: '`2023`, `2024-03` or `2024-03-15`.' })
const Reason = Type.String({ minLength: 1, maxLength: 2000 })
const State = Type.Union([
  Type.Literal('known'),
  Type.Literal('unknown'),
  Type.Literal('not-communicated'),
  Type.Literal('estimated'),
])

const Told = {
  value: Type.Union([Type.Number(), Type.Null()]),
  state: Type.Optional(State),
}

const ImportQuery = Type.Object({
  mode: Type.Optional(Type.Union([Type.Literal('dry'), Type.Literal('apply')])),
  'on-conflict': Type.Optional(Type.Union([Type.Literal('keep'), Type.Literal('replace')])),
  reason: Type.Optional(Type.String({ maxLength: 2000 })),
})

/** The API of figures: public for reading; keys with `report:write` import, freeze and correct. */
export function figureApi(app: App, context: ReportContext): void {
  const { figures, reports } = context

  app.get(
    '/api/v1/figures',
    { config: OPEN, schema: { description: 'Every figure, with its definition.' } },
    async (_, reply) => {
      const series = [...(await figures.series()).values()]
      return reply.header('cache-control', 'public, max-age=300').send(
        series.map(({ id, service, label, unit, definition, kind, isPublic, isDeclared, breaks }) => ({
        id, service, label, unit, definition, kind, public: isPublic, continues: isDeclared, breaks,
      })), // prettier-ignore
      )
    },
  )

  app.get(
    '/api/v1/figures/:id/points',
    {
      config: OPEN,
      schema: {
        description: 'The points of a figure, oldest first.',
        params: FigureId,
        querystring: Type.Object({
          from: Type.Optional(Day),
          to: Type.Optional(Day),
          step: Type.Optional(Type.Union([Type.Literal('day'), Type.Literal('month'), Type.Literal('snapshot')])),
        }),
      },
    },
    async (request, reply) => {
      const { from, to } = request.query
      for (const date of [from, to]) if (date !== undefined && !precisionOf(date)) throw refuse('no-date', { date })
      const points = await figures.points(request.params.id, request.query)
      if (!points) throw refuse('no-figure', { id: request.params.id })
      return reply.header('cache-control', 'public, max-age=300').send(points)
    },
  )

  app.post(
    '/api/v1/figures/:id/points',
    {
      schema: {
        description: 'Puts a value by hand, with the reason; it stands over what was sampled or printed.',
        params: FigureId,
        body: Type.Object({
          date: Day,
          ...Told,
          printed: Type.Optional(Type.String({ maxLength: 100 })),
          reason: Reason,
        }),
      },
    },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'import')
      const { date, reason, printed } = request.body
      if (!precisionOf(date)) throw refuse('no-date', { date })
      const isThere = await figures.note({
        figure: request.params.id,
        date,
        ...knownOf(request.body),
        reason,
        by,
        printed: printed ?? null,
      })
      if (!isThere) throw refuse('no-figure', { id: request.params.id })
      return reply.code(201).send({ id: request.params.id, date })
    },
  )

  app.post(
    '/api/v1/figures/:id/breaks',
    {
      schema: {
        description: 'Notes that a figure is counted in another way from a date on.',
        params: FigureId,
        body: Type.Object({ since: Day, what: Type.Object({ fr: Reason, en: Reason }) }),
      },
    },
    async (request, reply) => {
      allow(request.caller, 'import')
      const { since, what } = request.body
      if (!precisionOf(since)) throw refuse('no-date', { date: since })
      if (!(await figures.breakAt(request.params.id, { since, what })))
        throw refuse('no-figure', { id: request.params.id })
      return reply.code(201).send({ id: request.params.id, since })
    },
  )

  app.post(
    '/api/v1/import',
    {
      bodyLimit: IMPORT_LIMIT,
      schema: {
        description: 'Imports a printed report (`bagad-figures/1`), or tells what that would do.',
        querystring: ImportQuery,
        body: Type.Unknown(),
      },
    },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'import')
      const dryRun = request.query.mode === 'dry'
      try {
        const result = await reports.import(request.body, by, {
          dryRun,
          onConflict: onConflictOf(request.query['on-conflict'], request.query.reason, by),
        })
        return await reply.send(importAnswer(result, request.reader))
      } catch (error) {
        if (error instanceof HistoryConflict)
          return reply
            .code(409)
            .type('application/problem+json')
            .send(conflictAnswer(error, request.reader, context))
        if (error instanceof HistoryError) throw refuse('unreadable-import', { problems: error.message })
        throw error
      }
    },
  )

  app.get(
    '/api/v1/snapshots',
    { config: OPEN, schema: { description: 'Every snapshot, the latest first.' } },
    async (_, reply) => {
      const all = await figures.snapshots.list()
      return reply.send(
        all.map(({ name, date, frozenAt, figures: count }) => ({
          name,
          date: date.toString(),
          frozenAt: frozenAt.toString(),
          figures: count,
        })),
      )
    },
  )

  app.post(
    '/api/v1/snapshots',
    {
      schema: {
        description: 'Freezes all figures under a name.',
        body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }), date: Type.Optional(Day) }),
      },
    },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'freeze')
      const { name, date } = request.body
      const frozen = await freezeFigures(context, { name, date, by })
      return reply.code(201).send(frozen)
    },
  )

  app.patch(
    '/api/v1/snapshots/:name/figures/:id',
    {
      schema: {
        description: 'Puts a frozen value right, with the reason.',
        params: Type.Object({ name: Type.String({ maxLength: 100 }), id: Type.String({ maxLength: 200 }) }),
        body: Type.Object({ ...Told, reason: Reason }),
      },
    },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'freeze')
      const { name, id } = request.params
      const isThere = await figures.snapshots.correct({
        snapshot: name,
        figure: id,
        ...knownOf(request.body),
        reason: request.body.reason,
        by,
      })
      if (!isThere) throw refuse('no-figure', { id })
      return reply.send({ name, id })
    },
  )
}

/** @throws Refusal `no-value` when the state and the value contradict each other */
function knownOf({ value, state }: { value: number | null; state?: Static<typeof State> | undefined }) {
  const known = state ?? (value === null ? 'unknown' : 'known')
  if ((known === 'known' || known === 'estimated') !== (value !== null)) throw refuse('no-value')
  return { value, state: known }
}

function importAnswer({ year, series, points, tables, gaps }: ImportResult, reader: Reader) {
  return {
    series,
    points,
    tables,
    report: String(year),
    gaps: gaps.map(({ where, what, printed, computed, excess }) => ({
      where,
      what,
      says: describeGap({ where, what, printed, computed, ...(excess !== undefined && { excess }) }, reader),
      printed,
      computed,
    })),
  }
}

function conflictAnswer({ conflicts }: HistoryConflict, reader: Reader, { addresses }: ReportContext): Buffer {
  const refusal = refuse('conflict', { count: conflicts.length, places: conflicts.map(describeConflict).join(' ; ') })
  return Buffer.from(
    JSON.stringify({
      type: addresses.portal(`/problems/${refusal.type}`),
      status: 409,
      ...refusal.in(reader.language),
      conflicts,
    }),
  )
}

function describeConflict({ figure, date, there, incoming }: Conflict): string {
  return `${figure} ${date} (${there.value ?? there.state} / ${incoming.value ?? incoming.state})`
}

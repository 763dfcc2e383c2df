import { defineJob, type Job } from '../jobs/job.ts'
import { Type } from 'typebox'
import type { Figures } from './figures.ts'

/** Samples the figures once each civil day: looked at each hour, so that a machine that was off catches up; a day that is there costs one query. */
export function sampleFigures(figures: Figures, today: () => Temporal.PlainDate): Job {
  return defineJob({ name: 'sample-figures', schedule: '5 * * * *', payload: Type.Object({}), run: async () => void (await figures.sample(today())) })
}

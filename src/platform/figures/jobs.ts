import { Type } from 'typebox'
import { defineJob, type Job } from '../jobs/job.ts'
import type { Figures } from './figures.ts'

/**
 * Samples the figures once each civil day, and counts the days that are over: looked at each hour, so that a machine
 * that was off catches up. What is there already costs one small query a day.
 */
export function sampleFigures(figures: Figures, today: () => Temporal.PlainDate): Job {
  return defineJob({
    name: 'sample-figures',
    pool: 'slow',
    schedule: '5 * * * *',
    payload: Type.Object({}),
    run: async () => {
      await figures.sample(today())
      await figures.countDays(today())
      await figures.foldTally(today())
    },
  })
}

/** Days that are old become months, and the year that is over says what its last day said. */
export function ageFigures(figures: Figures, today: () => Temporal.PlainDate): Job {
  return defineJob({
    name: 'age-figures',
    pool: 'slow',
    deadline: { hours: 1 },
    schedule: '35 1 * * *',
    payload: Type.Object({}),
    run: () => figures.age(today()),
  })
}

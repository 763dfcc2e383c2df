import { Type } from 'typebox'
import { defineJob, type Job } from '../jobs/job.ts'
import type { Delivery } from './delivery.ts'

/** More tries than fit into the days after which an e-mail is given up. */
const TRIES = 40

export function mailJobs(delivery: Delivery): Job[] {
  return [
    defineJob({
      name: 'send-email',
      tries: TRIES,
      payload: Type.Object({ id: Type.Integer() }),
      run: ({ id }) => delivery.send(id),
    }),
  ]
}

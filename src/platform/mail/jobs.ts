import { Type } from 'typebox'
import { defineJob, type Job } from '../jobs/job.ts'
import type { Sending } from './sending.ts'

/** More tries than fit into the days after which a letter is given up. */
const TRIES = 40

export function mailJobs(sending: Sending): Job[] {
  return [
    defineJob({
      name: 'send-letter',
      tries: TRIES,
      payload: Type.Object({ id: Type.Integer() }),
      run: ({ id }) => sending.send(id),
    }),
  ]
}

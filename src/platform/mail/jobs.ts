import { Type } from 'typebox'
import { defineJob, type Job } from '../jobs/job.ts'
import type { Outbox } from './outbox.ts'
import type { Sending } from './sending.ts'

/** More tries than fit into the days after which a letter is given up. */
const TRIES = 40

/** Days after which the words of a settled letter are forgotten, and the letter itself. */
const KEPT = { words: 30, letters: 365 }

export function mailJobs(sending: Sending, outbox: Outbox): Job[] {
  return [
    defineJob({ name: 'send-letter', tries: TRIES, payload: Type.Object({ id: Type.Integer() }), run: ({ id }) => sending.send(id) }),
    {
      name: 'forget-letters',
      schedule: '41 3 * * *',
      run: async (_, { log }) => log.info({ letters: await outbox.forget(KEPT) }, 'old letters are forgotten'),
    },
  ]
}

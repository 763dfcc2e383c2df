import { Type } from 'typebox'
import { defineJob, type Job } from '../../platform/jobs/job.ts'
import type { Rooms } from './rooms.ts'

/** Work that nobody waits for: archives, and what time takes away. */
export function identityJobs({ leaving, sessions, tickets, lockout, audit }: Rooms): Job[] {
  return [
    defineJob({ name: 'export', payload: Type.Object({ account: Type.String() }), run: ({ account }) => leaving.export(account) }),
    { name: 'erase-due', schedule: '23 4 * * *', run: async (_, { log }) => log.info({ accounts: await leaving.eraseDue() }, 'accounts were erased') },
    {
      name: 'forget',
      schedule: '37 * * * *',
      run: async () => {
        await Promise.all([tickets.forget(), lockout.forget(), sessions.forget(), audit.forget(), leaving.forgetArchives()])
      },
    },
  ]
}

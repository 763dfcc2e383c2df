import { Type } from 'typebox'
import { defineJob, type Job } from '../../platform/jobs/job.ts'
import type { Rooms } from './rooms.ts'

/** Work that nobody waits for: archives, and what time takes away. */
export function identityJobs({ leaving }: Rooms): Job[] {
  return [
    defineJob({ name: 'export', payload: Type.Object({ account: Type.String() }), run: ({ account }) => leaving.export(account) }),
    { name: 'erase-due', schedule: '23 4 * * *', run: async (_, { log }) => log.info({ accounts: await leaving.eraseDue() }, 'accounts were erased') },
    { name: 'forget-archives', schedule: '37 * * * *', run: () => leaving.forgetArchives() },
  ]
}

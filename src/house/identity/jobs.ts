import { Type } from 'typebox'
import { defineJob, type Job } from '../../platform/jobs/job.ts'
import type { IdentityContext } from './context.ts'

/** The background jobs of this service: archives, notifications and expiry. */
export function identityJobs({
  accountClosure,
  membershipExpiry,
  openId,
  applications,
  signingOut,
  organisationInvitations,
}: IdentityContext): Job[] {
  return [
    defineJob({
      name: 'export',
      pool: 'slow',
      deadline: { hours: 1 },
      payload: Type.Object({ account: Type.String() }),
      run: ({ account }) => accountClosure.export(account),
    }),
    defineJob({
      name: 'fetch-logo',
      payload: Type.Object({ client: Type.String() }),
      run: ({ client }) => applications.fetchLogo(client),
    }),
    defineJob({
      name: 'end-elsewhere',
      payload: Type.Object({ session: Type.String() }),
      run: ({ session }) => signingOut.end(session),
    }),
    defineJob({
      name: 'tell-sign-out',
      tries: 5,
      payload: Type.Object({ client: Type.String(), sid: Type.String(), account: Type.String() }),
      run: (ending) => signingOut.tell(ending),
    }),
    defineJob({
      name: 'tell-services',
      pool: 'slow',
      payload: Type.Object({ account: Type.String() }),
      run: ({ account }) => accountClosure.notifyServices(account),
    }),
    defineJob({
      name: 'invite-to-organisation',
      payload: Type.Object({ id: Type.String() }),
      run: ({ id }) => organisationInvitations.write(id),
    }),
    {
      name: 'follow-memberships',
      pool: 'slow',
      schedule: '41 6 * * *',
      run: async (_, { log }) =>
        log.info({ people: await membershipExpiry.follow() }, 'ending memberships were processed'),
    },
    {
      name: 'wake-members',
      pool: 'slow',
      schedule: '19 * * * *',
      run: async (_, { log }) =>
        log.info({ people: await membershipExpiry.wake() }, 'accounts of renewed memberships were restored'),
    },
    { name: 'rotate-keys', schedule: '11 4 * * *', run: () => openId.keys.rotateIfAny() },
    {
      name: 'erase-due',
      pool: 'slow',
      deadline: { hours: 1 },
      schedule: '23 4 * * *',
      run: async (_, { log }) => log.info({ accounts: await accountClosure.eraseDue() }, 'accounts were erased'),
    },
    { name: 'forget-archives', pool: 'slow', schedule: '37 * * * *', run: () => accountClosure.forgetArchives() },
  ]
}

import { Command } from 'commander'
import type { Installation } from '../cli/with-instance.ts'

/** `bagad jobs`: what went wrong in the background, and another try. */
export function jobsCommand(installation: () => Installation): Command {
  const jobs = new Command('jobs').description('work in the background')
  jobs
    .command('list', { isDefault: true })
    .description('how the queue is doing, and what failed')
    .action(async () => {
      const { withInstance } = await import('../cli/with-instance.ts')
      await withInstance(installation(), async ({ platform }) => {
        for (const { id, name, error, tries, isGivenUp, isSettled, nextAt } of await platform.jobs.troubled())
          console.log(
            `${id}  ${name}  ${isSettled ? 'given up, but a later run went well,' : isGivenUp ? 'given up' : `again at ${nextAt.toString()}`} after ${tries} tries: ${error.split('\n')[0]}`,
          )
        const { waiting, lateBy, failed } = await platform.jobs.state()
        console.log(`${waiting} waiting, the oldest for ${Math.round(lateBy)} s; ${failed} given up`)
      })
    })
  jobs
    .command('retry [ids...]')
    .description('try again what was given up; all of it when no number is named')
    .action(async (ids: string[]) => {
      const { withInstance } = await import('../cli/with-instance.ts')
      await withInstance(installation(), async ({ platform }) => {
        console.log(`${await platform.jobs.retry(ids.length > 0 ? ids.map(Number) : undefined)} jobs are tried again`)
      })
    })
  return jobs
}

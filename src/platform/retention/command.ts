import { Command } from 'commander'
import type { Installation } from '../cli/with-instance.ts'

/** `bagad retention`: what is kept for how long, what went, and the purge at once. */
export function retentionCommand(installation: () => Installation): Command {
  const retention = new Command('retention').description('what is kept, and for how long')
  retention
    .command('list', { isDefault: true })
    .description('every class with its time, and what the purge has removed of it')
    .action(async () => {
      const [{ withInstance }, { formatTime }, { Reader }] = await Promise.all([
        import('../cli/with-instance.ts'),
        import('./class.ts'),
        import('../language/reader.ts'),
      ])
      await withInstance(installation(), async ({ platform }) => {
        const reader = new Reader('en', platform.config.time_zone)
        const removed = await platform.retention.removed()
        for (const { name, classes } of platform.retention.keepers)
          for (const one of classes)
            console.log(
              `${name}/${one.name}  ${formatTime(one.time, reader)}  ${removed.get(`${name}/${one.name}`) ?? 0} removed`,
            )
      })
    })
  retention
    .command('purge')
    .description('purge now what is over its time, instead of within the hour')
    .action(async () => {
      const { withInstance } = await import('../cli/with-instance.ts')
      await withInstance(installation(), async ({ platform }) => {
        const { rows, blobs } = await platform.retention.purge({ signal: new AbortController().signal })
        for (const [name, count] of rows) console.log(`${name}  ${count}`)
        console.log(`${blobs} files`)
      })
    })
  return retention
}

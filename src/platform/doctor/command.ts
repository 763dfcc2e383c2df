import { Command } from 'commander'
import type { Installation } from '../cli/with-instance.ts'

const SIGNS = { well: 'ok    ', odd: 'odd   ', wrong: 'WRONG ' }

/** `bagad doctor`: what is wrong with an installation, and what to do; 1 when something is. */
export function doctorCommand(installation: () => Installation): Command {
  return new Command('doctor')
    .description('look whether all is well: services, work, files and rows, disks, certificates, configuration')
    .option('--mend', 'give up the files that no row names; they are deleted a day later')
    .action(async ({ mend = false }: { mend?: boolean }) => {
      const [{ withInstance }, { examine }] = await Promise.all([
        import('../cli/with-instance.ts'),
        import('./doctor.ts'),
      ])
      await withInstance(installation(), async ({ platform }) => {
        const findings = await examine(platform, { mends: mend })
        for (const { state, what, remedy } of findings)
          console.log(`${SIGNS[state]}${what}${remedy === undefined ? '' : `\n      -> ${remedy}`}`)
        const count = (wanted: string) => findings.filter(({ state }) => state === wanted).length
        console.log(`${count('wrong')} wrong, ${count('odd')} odd, ${count('well')} ok`)
        if (count('wrong') > 0) process.exitCode = 1
      })
    })
}

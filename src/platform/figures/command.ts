import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { Installation } from '../cli/with-instance.ts'
import { words } from '../language/own-words.ts'
import { HistoryError } from './history-error.ts'

/** `bagad figures`: what is counted, from the command line. */
export function figuresCommand(installation: () => Installation): Command {
  const figures = new Command('figures').description('what the association counts')
  figures
    .command('import <file>')
    .description(
      'import the history that a file of the format bagad-figures/1 tells; the same file again changes nothing',
    )
    .option('--dry-run', 'only tell what would be done')
    .option('--keep', 'where a point is there with another value, that one stays')
    .option(
      '--replace <reason>',
      'where a point is there with another value, the one of the file stands, for that reason',
    )
    .action(async (path: string, options: { dryRun?: boolean; keep?: boolean; replace?: string }) => {
      const onConflict = options.replace
        ? { replace: { reason: options.replace, by: 'bagad' } }
        : options.keep
          ? 'keep'
          : 'refuse'
      const file = readJson(path)
      const { withInstance } = await import('../cli/with-instance.ts')
      await withInstance(installation(), async ({ platform }) => {
        const result = await platform.figures.import(file, { dryRun: options.dryRun ?? false, onConflict })
        const say = words.in('en')
        for (const { where, what, printed, computed } of result.gaps)
          console.log(
            `gap  ${where}: ${say(`gaps.${what}`)}${printed && `; printed ${printed}`}${computed && `, computed ${computed}`}`,
          )
        console.log(
          `${result.series} series, ${result.points} new points, ${result.tables} tables, ${result.gaps.length} gaps${options.dryRun ? ' (nothing was written)' : ''}`,
        )
      })
    })
  figures
    .command('snapshot <name>')
    .description('freeze the value of every figure under a name, such as "mars 2026"')
    .action(async (name: string) => {
      const { withInstance } = await import('../cli/with-instance.ts')
      await withInstance(installation(), async ({ platform }) => {
        const frozen = await platform.figures.snapshots.freeze(name, platform.today())
        console.log(
          frozen > 0
            ? `${frozen} figures frozen as "${name}"`
            : `there is a snapshot "${name}" already; nothing was changed`,
        )
      })
    })
  return figures
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new HistoryError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

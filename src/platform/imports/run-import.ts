import { withInstance, type Installation } from '../cli/with-instance.ts'
import { ImportReport } from './import-report.ts'
import type { ImportManner, Importer } from './importer.ts'
import { openSource } from './open-source.ts'

/**
 * Opens a source, then the instance, and imports.
 *
 * @throws SourceError when the source cannot be read
 */
export async function runImport(
  installation: Installation,
  importer: Importer,
  { source: text, dryRun, options }: Pick<ImportManner, 'dryRun' | 'options'> & { source: string },
): Promise<void> {
  await using source = await openSource(text)
  await withInstance(installation, async ({ platform }) => {
    const report = new ImportReport()
    await importer.run(platform, source, { dryRun, report, options })
    report.sum()
    if (dryRun) report.say('nothing was written')
  })
}

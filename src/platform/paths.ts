import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the checkout: where bagad.toml is looked for, and `var/` by default. */
export const programFolder = process.env['BAGAD_BUILD']
  ? dirname(dirname(process.env['BAGAD_BUILD']))
  : resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Folder of the build that this process runs from (scripts/build.ts says what is in it). The launcher names it. */
export function buildFolder(): string {
  const folder = process.env['BAGAD_BUILD']
  if (!folder) throw new Error('BAGAD_BUILD is not set: start through bin/bagad.mjs, which builds the program first')
  return folder
}

/** Absolute path of a file inside an installed package that is run rather than imported. */
export function packageFile(...path: string[]): string {
  return join(programFolder, 'node_modules', ...path)
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildFolder } from '../paths.ts'

/** Names of the built files that pages refer to, below the static host; written by scripts/build.ts. */
export interface Assets {
  /** The style sheet of all pages. */
  style: string
  /** That of each service that has one, by its name. */
  styles: Record<string, string>
  /** The two fonts of a first view, fetched together with the style sheet. */
  fonts: string[]
  /** Script of each island (`link/shorten`), then what it imports. */
  islands: Record<string, string[]>
  /** Archive of the sources that this build was made from. */
  source: string
}

export function readAssets(): Assets {
  return JSON.parse(readFileSync(join(buildFolder(), 'assets.json'), 'utf8'))
}

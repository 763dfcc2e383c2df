/** What keeps a backup from being made, checked or restored, said with its remedy; shown without a stack. */
export class BackupRefused extends Error {
  override name = 'BackupRefused'
}

/** What went wrong, as a sentence when the operator can do something about it. */
export function inWords(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new BackupRefused(
      `the disk of ${folder} is full; what was begun is removed. Make room, or choose another one.`,
    )
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new BackupRefused(`${folder} cannot be written to (${code}).`)
  return error
}

import { Command } from 'commander'
import type { Installation } from '../cli/with-instance.ts'
import { progressOnTerminal, untilInterrupted } from '../cli/progress.ts'

interface BackupArguments {
  to: string[]
  verify?: boolean
  copy?: string
  files: boolean
}

/** `bagad backup`: a copy of everything, or a look whether one is whole. */
export function backupCommand(installation: () => Installation): Command {
  return new Command('backup')
    .description('make a copy of everything while everything runs; what the folder has already is not copied again')
    .argument('[folder]', 'where; the one of the configuration when none is named')
    .option(
      '--to <recipients...>',
      'encrypt it for recipients of age (age1…); those of the configuration when none are named',
      [],
    )
    .option('--no-files', 'the database alone')
    .option('--verify', 'make none: read a copy, and compare everything with its sums')
    .option('--copy <id>', 'with --verify: which one; the last one when none is named')
    .action(async (folder: string | undefined, options: BackupArguments) => {
      const { loaded, services } = installation()
      const place = folder ?? loaded.config.backup.folder
      if (place === undefined)
        throw new (await import('./refused.ts')).BackupRefused(
          'name a folder: bagad backup FOLDER, or set BAGAD_BACKUP_FOLDER.',
        )
      if (options.verify) await verify(place, options.copy)
      else await make({ loaded, services }, place, options)
    })
}

async function make(installation: Installation, folder: string, { to, files }: BackupArguments): Promise<void> {
  const [{ withInstance }, { makeBackup, megabytes }, { Encryption }, { InstanceKey }, { treesOf }] = await Promise.all(
    [
      import('../cli/with-instance.ts'),
      import('./backup.ts'),
      import('./encryption'),
      import('../keys/instance-key.ts'),
      import('./scheduled.ts'),
    ],
  )
  const { config } = installation.loaded
  const recipients = to.length > 0 ? to : config.backup.recipients
  const sealing = recipients.length > 0 ? new Encryption(recipients) : undefined
  await withInstance(installation, async ({ platform: { database, key, blobs, services } }) => {
    const source = { database, key, files: files ? { blobs, trees: treesOf(services, config) } : undefined }
    using progress = progressOnTerminal()
    const { manifest, written, strangers } = await makeBackup(source, {
      folder,
      sealing,
      signal: untilInterrupted(),
      progress: progress.say,
    })
    progress.end()
    for (const name of strangers) console.log(`${name} is no table of Bagad, and is left out`)
    if (!sealing)
      console.log(`not encrypted, and without the key of the instance: keep ${InstanceKey.pathOf(config)} apart`)
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
    console.log(`${manifest.id}: ${rows} rows, ${manifest.blobs?.count ?? 'no'} files; ${megabytes(written)} written`)
  })
}

async function verify(folder: string, copy: string | undefined): Promise<void> {
  const [{ BackupLocation }, { verifyCopy }, { megabytes }] = await Promise.all([
    import('./location'),
    import('./verify.ts'),
    import('./backup.ts'),
  ])
  const place = BackupLocation.open(folder)
  const manifest = place.manifest(copy)
  using progress = progressOnTerminal()
  const { files, bytes } = await verifyCopy(place, manifest, { progress: progress.say })
  progress.end()
  console.log(`${manifest.id} is whole: ${files} files, ${megabytes(bytes)}`)
}

interface RestoreArguments {
  copy?: string
  identity?: string
  keyIsLost?: boolean
}

/** `bagad restore`: an empty instance becomes that of a copy. */
export function restoreCommand(installation: () => Installation): Command {
  return new Command('restore')
    .description('make an empty instance that of a copy; killed in the middle, the same command does it anew')
    .argument('<folder>', 'where the copies are')
    .option('--copy <id>', 'which one; the last one when none is named')
    .option('--identity <file>', 'identity of age that opens an encrypted copy')
    .option('--key-is-lost', 'restore without the key of the instance: what it sealed can never be read again')
    .action(async (folder: string, { copy, identity, keyIsLost = false }: RestoreArguments) => {
      const [
        { withDatabase },
        { restore },
        { Decryption },
        { migrationsOf },
        { openBlobs },
        { openLog },
        { InstanceKey },
        { treesOf },
      ] = await Promise.all([
        import('../cli/with-database.ts'),
        import('./restore.ts'),
        import('./encryption'),
        import('../schemas.ts'),
        import('../blobs/open.ts'),
        import('../log.ts'),
        import('../keys/instance-key.ts'),
        import('./scheduled.ts'),
      ])
      const { loaded, services } = installation()
      const { config } = loaded
      await withDatabase({ loaded, services }, async (connection) => {
        await using blobs = await openBlobs(config, openLog(config.log_level))
        const keyFile = InstanceKey.pathOf(config)
        using progress = progressOnTerminal()
        const { id, program } = await restore(
          { connection, sets: migrationsOf(services), blobs, trees: treesOf(services, config), keyFile },
          {
            folder,
            copy,
            opening: identity === undefined ? undefined : new Decryption(identity),
            isKeyLost: keyIsLost,
            signal: untilInterrupted(),
            progress: progress.say,
          },
        )
        progress.end()
        console.log(`${id}, made by Bagad ${program}, is restored. "bagad doctor" looks whether all is well.`)
      })
    })
}

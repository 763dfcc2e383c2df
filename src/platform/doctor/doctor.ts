import { freeBlobs } from '../retention/freed-blobs.ts'
import type { HousePlatform } from '../platform.ts'
import type { Check } from '../service.ts'
import { findOrphans } from './orphans.ts'
import { examineCertificates } from './certificates.ts'
import { examineConfiguration } from './configuration.ts'
import { examineDisks } from './disks.ts'
import { odd, reasonOf, well, wrong, type Finding } from './finding.ts'

/** Keys that are told of each kind. */
const TOLD = 5

/**
 * Looks at everything that can be told from here: what the status page checks, with the reasons; blobs and rows; disks;
 * certificates; the configuration.
 *
 * @param options.mends whether blobs that nothing names are given up, to be deleted a day later
 */
export async function examine(platform: HousePlatform, { mends }: { mends: boolean }): Promise<Finding[]> {
  const { config, addresses, services, running } = platform
  const hosts = [...running.keys()].map((name) => addresses.host(name))
  const { folder } = config.backup
  return [
    ...(await Promise.all(checksOf(platform).map(look))),
    ...(await examineBlobs(platform, mends)),
    ...(await examineDisks([...new Set([config.data, ...(folder === undefined ? [] : [folder])])])),
    ...(await examineCertificates(config, [...hosts, ...aliasesOf(platform)])),
    ...examineConfiguration(config),
    ...(services.length === running.size ? [] : [wrong('not every service is open')]),
  ]
}

function checksOf({ checks, services, running }: HousePlatform): Check[] {
  return [...checks, ...services.flatMap(({ name }) => running.get(name)?.checks ?? [])]
}

async function look({ label, look: check }: Check): Promise<Finding> {
  try {
    await check()
    return well(label.en)
  } catch (error) {
    return wrong(`${label.en}: ${reasonOf(error)}`)
  }
}

async function examineBlobs({ database, blobs, services }: HousePlatform, mends: boolean): Promise<Finding[]> {
  const { forgotten, missing } = await findOrphans(database, blobs, services)
  if (mends) await freeBlobs(database.schema('retention'), forgotten)
  if (forgotten.length === 0 && missing.length === 0)
    return [well('every file belongs to a row, and every row has its file')]
  return [
    ...(forgotten.length > 0
      ? [
          mends
            ? well(`${counted(forgotten)} that no row named are given up`)
            : odd(
                `${counted(forgotten)} that no row names`,
                '"bagad doctor --mend" gives them up; they are deleted a day later',
              ),
        ]
      : []),
    ...(missing.length > 0
      ? [wrong(`rows name ${counted(missing)} that are not there`, 'look for them in a backup')]
      : []),
  ]
}

function counted(keys: string[]): string {
  const rest = keys.length - TOLD
  return `${keys.length} files (${keys.slice(0, TOLD).join(', ')}${rest > 0 ? `, and ${rest} more` : ''})`
}

function aliasesOf({ config }: HousePlatform): string[] {
  return Object.values(config.services).flatMap(({ aliases }) => aliases)
}

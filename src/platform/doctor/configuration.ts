import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import type { Config } from '../config/settings.ts'
import { movedClusters } from '../database/embedded.ts'
import { InstanceKey } from '../keys/instance-key.ts'
import { odd, wrong, type Finding } from './finding.ts'

/**
 * What of the configuration is unsafe, or forgotten, in an installation that the public uses. Nothing where all is
 * well.
 */
export function examineConfiguration(config: Config): Finding[] {
  const isPublic = config.domain !== 'localhost' && !config.domain.endsWith('.localhost')
  return [
    ...(isPublic ? examinePublic(config) : []),
    ...examineKey(config),
    ...examineBackup(config, isPublic),
    ...examineMoved(config),
  ]
}

function examinePublic(config: Config): Finding[] {
  const { scheme, trusted_proxies: proxies, data, legal, association, limits } = config
  const checkout = checkoutOf(data)
  return [
    checkout &&
      wrong(
        `the data in ${data} lie in the checkout ${checkout}: cleaning it would remove them`,
        'set BAGAD_DATA to a place of their own, such as /var/lib/bagad',
      ),
    scheme === 'http' &&
      wrong(
        'visitors come over http: what they send can be read on the way',
        'put a proxy with a certificate before it, and set scheme = "https" (docs/operators/installation.md)',
      ),
    scheme === 'https' &&
      proxies.length === 0 &&
      wrong(
        'no proxy is trusted: all visitors seem to come from the proxy and are counted as one',
        'set trusted_proxies to its address',
      ),
    limits === 'relaxed' && wrong('limits are relaxed: nothing holds back spam', 'unset BAGAD_LIMITS'),
    !(legal.abuse_email || association.email) &&
      wrong(
        'no contact for unlawful content is named, as the law asks of a host',
        'set legal.abuse_email or association.email',
      ),
    !(association.name && legal.publisher) && odd('the legal notice has gaps', 'fill in [association] and [legal]'),
  ].filter((finding) => typeof finding === 'object')
}

/** The checkout that a folder lies in, if it does. */
function checkoutOf(folder: string): string | undefined {
  for (let above = resolve(folder); ; above = dirname(above)) {
    if (existsSync(join(above, '.git'))) return above
    if (dirname(above) === above) return undefined
  }
}

function examineKey(config: Config): Finding[] {
  const path = InstanceKey.pathOf(config)
  const { folder } = config.backup
  return [
    existsSync(path) &&
      (statSync(path).mode & 0o070) !== 0 &&
      odd(`${path}, the key of the instance, is open to its group`, `chmod 600 ${path}`),
    folder !== undefined &&
      resolve(path).startsWith(resolve(folder) + sep) &&
      wrong(`the key of the instance lies among the backups (${path}), which it opens`, 'keep it elsewhere'),
  ].filter((finding) => typeof finding === 'object')
}

function examineBackup({ backup: { folder, recipients }, data }: Config, isPublic: boolean): Finding[] {
  if (folder === undefined)
    return isPublic ? [wrong('nothing is backed up by itself', 'set backup.folder (docs/operators/backup.md)')] : []
  const isOneDisk = existsSync(folder) && existsSync(data) && statSync(folder).dev === statSync(data).dev
  return [
    isOneDisk &&
      odd(
        `the backups in ${folder} lie on the disk of the data: they go with it`,
        'choose another disk, or copy them elsewhere',
      ),
    isPublic &&
      recipients.length === 0 &&
      odd('backups are not encrypted, and have no key of the instance', 'set backup.recipients, or keep the key apart'),
  ].filter((finding) => typeof finding === 'object')
}

function examineMoved({ data, database_url: url }: Config): Finding[] {
  return url
    ? []
    : movedClusters(data).map((folder) =>
        odd(`${folder} has the data from before PostgreSQL was upgraded`, 'remove it once all is well'),
      )
}

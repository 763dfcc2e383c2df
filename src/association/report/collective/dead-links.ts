import { OutgoingError } from '../../../platform/outgoing/outgoing-error.ts'
import type { Outgoing } from '../../../platform/outgoing/outgoing.ts'
import type { Finding } from './check.ts'
import { readProperties } from './property-text.ts'

/** The most addresses checked in one file, and the time limit of each check, in milliseconds. */
const LOOKS = { addresses: 20, within: 5000 }

/** Reasons for which an address was not requested, and is no finding: it is ours, or not on the public Web. */
const NOT_ASKED = new Set(['own-host', 'private-address', 'port', 'stopped'])

/** Finds the dead links of a file: requests each address once, as the crawler would. */
export async function deadLinks(text: string, outgoing: Outgoing): Promise<Finding[]> {
  const addresses = [...readProperties(text).values]
    .filter(([, value]) => /^https?:\/\//.test(value))
    .slice(0, LOOKS.addresses)
  const looks = addresses.map(async ([where, value]): Promise<Finding[]> =>
    (await isDead(value, outgoing)) ? [{ what: 'dead', where, value }] : [],
  )
  return (await Promise.all(looks)).flat()
}

async function isDead(address: string, outgoing: Outgoing): Promise<boolean> {
  try {
    using answer = await outgoing.fetch(address, { within: LOOKS.within, isOwnRefused: true, maxBytes: 64 * 1024 })
    return answer.status === 404 || answer.status === 410 || answer.status >= 500
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error
    return !NOT_ASKED.has(error.reason)
  }
}

import { connect, type PeerCertificate } from 'node:tls'
import type { Config } from '../config/settings.ts'
import { odd, reasonOf, well, wrong, type Finding } from './finding.ts'

/** Days before its end when a certificate should have been renewed; ACME renews a month before. */
const SOON = 14

const WITHIN = 5_000

/** Looks at the certificates that visitors get, where they come over https: from the proxy, under each of our hosts. */
export async function examineCertificates(config: Config, hosts: readonly string[]): Promise<Finding[]> {
  if (config.scheme !== 'https') return []
  return Promise.all(hosts.map((host) => examine(host, config.public_port ?? 443)))
}

async function examine(host: string, port: number): Promise<Finding> {
  try {
    const { end, problem } = await certificateOf(host, port)
    const days = Math.floor(Temporal.Now.instant().until(end).total('hours') / 24)
    const until = end.toString().slice(0, 10)
    if (days < 0) return wrong(`the certificate of ${host} ended on ${until}`, 'look why the proxy does not renew it')
    if (problem) return wrong(`the certificate of ${host} is not accepted: ${problem}`, 'look at the proxy')
    if (days < SOON) return odd(`the certificate of ${host} ends on ${until}`, 'look why the proxy does not renew it')
    return well(`the certificate of ${host} is good until ${until}`)
  } catch (error) {
    return odd(
      `the certificate of ${host} cannot be looked at from here: ${reasonOf(error)}`,
      `does port ${port} answer, and does the name lead here?`,
    )
  }
}

function certificateOf(host: string, port: number): Promise<{ end: Temporal.Instant; problem: string | undefined }> {
  return new Promise((resolve, reject) => {
    // What is wrong with it is told rather than refused.
    const socket = connect({ host, port, servername: host, rejectUnauthorized: false, timeout: WITHIN }, () => {
      const { valid_to: end }: PeerCertificate = socket.getPeerCertificate()
      const problem = socket.authorized ? undefined : String(socket.authorizationError)
      socket.destroy()
      resolve({ end: Temporal.Instant.fromEpochMilliseconds(Date.parse(end)), problem })
    })
    socket.once('timeout', () => socket.destroy(new Error(`no answer within ${WITHIN} ms`)))
    socket.once('error', reject)
  })
}

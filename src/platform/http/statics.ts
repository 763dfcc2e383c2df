import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { extname, join } from 'node:path'
import type { Addresses } from '../addresses.ts'
import { buildFolder } from '../paths.ts'
import { securityHeaders } from './headers.ts'
import type { ListedRoute } from './route-list.ts'
import type { Traffic } from './traffic.ts'
import { UNREADABLE } from './unreadable.ts'

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.gz': 'application/gzip',
}

/** Encodings that the build prepares, best first. */
const ENCODINGS = [
  ['zstd', '.zst'],
  ['br', '.br'],
] as const

interface StaticFile {
  type: string
  /** Its policy when it is opened as a document: a drawing may use its own inline style. */
  policy: string
  plain: Buffer
  encoded: Map<string, Buffer>
}

/**
 * Serves the built files from memory on their own host, for all services: only names that exist are looked up, so no
 * path can lead elsewhere. Names carry the hash of their content and never change; the two that do not are kept a day.
 */
export function serveStatics(
  addresses: Addresses,
  traffic: Traffic,
): { listener: RequestListener; routes: ListedRoute[] } {
  const folder = join(buildFolder(), 'static')
  const names = readdirSync(folder)
  const files = new Map(
    names.filter((name) => !/\.(br|zst)$/.test(name)).map((name) => [`/${name}`, readStatic(folder, name, names)]),
  )
  const [known, unknown] = [traffic.route('static', '/:file'), traffic.route('static', undefined)]
  const headers = new Headers({
    ...securityHeaders(addresses),
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  })
  const listener: RequestListener = (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const file = files.get(path)
    const followed = file ? known : unknown
    followed.follow(request, response)
    response.setHeaders(headers)
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
    if (request.url === UNREADABLE)
      return void response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' }).end('400\n')
    if (!file) return void response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404\n')
    const accepted = request.headers['accept-encoding'] ?? ''
    const encoding = ENCODINGS.map(([name]) => name).find((name) => file.encoded.has(name) && accepted.includes(name))
    const body = (encoding && file.encoded.get(encoding)) ?? file.plain
    response.writeHead(200, {
      'content-type': file.type,
      'content-security-policy': file.policy,
      'content-length': body.length,
      'cache-control': /-[\w-]{8}\.\w+$/.test(path) ? 'public, max-age=31536000, immutable' : 'public, max-age=86400',
      vary: 'accept-encoding',
      ...(encoding && { 'content-encoding': encoding }),
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
  return {
    listener,
    routes: ['GET', 'HEAD'].map((method) => ({
      method,
      url: '/:file',
      schema: undefined,
      isOpenToOtherSites: false,
      decidesOnSites: false,
    })),
  }
}

function readStatic(folder: string, name: string, names: string[]): StaticFile {
  const read = (suffix: string) => readFileSync(join(folder, name + suffix))
  const encoded = ENCODINGS.filter(([, suffix]) => names.includes(name + suffix)).map(
    ([encoding, suffix]) => [encoding, read(suffix)] as const,
  )
  const plain = read('')
  const styles =
    extname(name) === '.svg'
      ? [...plain.toString().matchAll(/<style>([^<]*)<\/style>/g)].map(([, style = '']) => hashOf(style))
      : []
  const policy = `default-src 'none'; ${styles.length > 0 ? `style-src ${styles.join(' ')}; ` : ''}base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
  return { type: TYPES[extname(name)] ?? 'application/octet-stream', policy, plain, encoded: new Map(encoded) }
}

/** As a policy names a style that it allows: https://www.w3.org/TR/CSP3/#grammardef-hash-source */
function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

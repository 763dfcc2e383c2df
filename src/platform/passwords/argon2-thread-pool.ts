import type { Argon2Algorithm, Argon2Parameters } from 'node:crypto'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** What a thread is sent. */
export interface Hashing {
  algorithm: Argon2Algorithm
  parameters: Argon2Parameters
}

const idle: Worker[] = []

/**
 * Hashes in a thread that gives way to everything else: who looks at pages does not wait for those who sign in. As many
 * threads are kept as were ever needed at once; they keep no process from ending.
 *
 * @throws what `argon2` of node:crypto throws of its parameters
 */
export async function argon2InThread(algorithm: Argon2Algorithm, parameters: Argon2Parameters): Promise<Buffer> {
  const thread = idle.pop() ?? new Worker(new URL('./argon2-thread.ts', import.meta.url))
  thread.ref()
  const hashing: Hashing = { algorithm, parameters }
  thread.postMessage(hashing)
  // After an error the thread is over, and not kept.
  const [hash]: Uint8Array[] = await once(thread, 'message')
  thread.unref()
  idle.push(thread)
  return Buffer.from(hash ?? [])
}

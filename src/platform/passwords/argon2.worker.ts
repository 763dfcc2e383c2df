/**
 * A thread that works out argon2 and gives way to whatever else the machine has to do: a hash takes a core for as long as
 * some fifty pages, and is waited for by one person. Only what Node brings is imported here: the file is run as it is.
 */
import { argon2Sync, type Argon2Parameters } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'

/** Of the kernel's 40: it takes a tenth of what somebody else would get, and all of what nobody wants. */
const NICE = 10

/** Linux has priorities of threads, under the thread's own number; elsewhere it competes like any other. */
function giveWay(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), NICE)
  } catch {}
}

giveWay()
parentPort?.on('message', (parameters: Argon2Parameters) => parentPort?.postMessage(argon2Sync('argon2id', parameters)))

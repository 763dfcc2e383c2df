/** A thread that hashes what it is sent, one after the other, and gives way to whatever else the machine does (aside.ts). */
import { argon2Sync } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { basename } from 'node:path'
import { parentPort } from 'node:worker_threads'
import type { Hashing } from './argon2-thread-pool.ts'

/** Linux gives each thread a priority of its own, under a number like that of a process; elsewhere all threads are equal. */
function giveWay(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Hashes are made all the same.
  }
}

giveWay()
parentPort?.on('message', ({ algorithm, parameters }: Hashing) =>
  parentPort?.postMessage(argon2Sync(algorithm, parameters)),
)

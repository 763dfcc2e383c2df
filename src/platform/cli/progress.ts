/** Milliseconds between two lines of progress where there is no terminal to write over. */
const PAUSE = 5_000

/** Where a long command tells how far it is: on standard error, over the line before when that is a terminal. */
export interface Progress extends Disposable {
  say: (line: string) => void
  /** Leaves the line free for what was done. */
  end: () => void
}

export function progressOnTerminal(): Progress {
  const isTerminal = process.stderr.isTTY
  let saidAt = 0
  const end = () => {
    if (isTerminal && saidAt > 0) process.stderr.write('\r\u001b[K')
    saidAt = 0
  }
  return {
    say: (line) => {
      if (Date.now() - saidAt < (isTerminal ? 100 : PAUSE)) return
      saidAt = Date.now()
      process.stderr.write(isTerminal ? `\r\u001b[K${line}` : `${line}\n`)
    },
    end,
    [Symbol.dispose]: end,
  }
}

/** Aborted by Ctrl-C or SIGTERM: a long command ends at its next safe point, and removes what it began. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort())
  return controller.signal
}

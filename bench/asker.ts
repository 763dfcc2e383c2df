import { connect, type Socket } from 'node:net'

/**
 * Asks for so many addresses over 16 connections, one after the other on each, and counts what comes back: slower than
 * wrk, but to the last one. A connection that is cut is opened again, and its question asked again.
 *
 * @returns how many answers there were of each status, and how many questions had to be asked again
 */
export async function askExactly(options: {
  port: number
  host: string
  paths: string[]
  requests: number
}): Promise<{ statuses: Record<number, number>; again: number }> {
  const statuses: Record<number, number> = {}
  let left = options.requests
  let again = 0
  const lane = async () => {
    for (let socket: Socket | undefined; left > 0;) {
      left--
      const path = options.paths[Math.floor(Math.random() * options.paths.length)] ?? '/'
      for (;;) {
        socket ??= await open(options.port)
        const status = await askOne(socket, options.host, path)
        if (status) {
          statuses[status] = (statuses[status] ?? 0) + 1
          break
        }
        again++
        socket = undefined
      }
      if (left <= 0) socket?.destroy()
    }
  }
  await Promise.all(Array.from({ length: 16 }, lane))
  return { statuses, again }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.setNoDelay()
    // After the connection is there, its end fails the requests that wait for an answer.
    socket.on('error', reject)
  })
}

/** The status of an answer without a body; undefined when the connection ends before it. */
function askOne(socket: Socket, host: string, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    let head = ''
    const done = (status: number | undefined) => {
      socket.off('data', read).off('close', gone)
      resolve(status)
    }
    const read = (chunk: Buffer) => {
      head += chunk.toString('latin1')
      if (head.includes('\r\n\r\n')) done(Number(head.split(' ')[1]))
    }
    const gone = () => done(undefined)
    socket.on('data', read).once('close', gone)
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: bench\r\n\r\n`)
  })
}

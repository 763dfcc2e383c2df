import { Socket } from 'node:net'
import { Client, type ClientBase } from 'pg'

/** The server was asked something and has said nothing for too long. */
export class DatabaseSilent extends Error {
  override name = 'DatabaseSilent'

  constructor() {
    super('the database does not answer')
  }
}

/**
 * Ends a connection whose server owes an answer and sends nothing for too long (`limitSilence`): a frozen server, or a
 * network that swallows packets, keeps connections open, and no time limit of the server's own helps.
 */
export function endWhenSilent(client: ClientBase): void {
  const socket = socketOf(client)
  let answered = socket.bytesWritten
  // All that was asked so far is answered.
  client.on('drain', () => (answered = socket.bytesWritten))
  socket.on('timeout', () => socket.bytesWritten > answered && socket.destroy(new DatabaseSilent()))
}

/** How long the server of this connection may say nothing, in milliseconds. */
export function limitSilence(client: ClientBase, milliseconds: number): void {
  socketOf(client).setTimeout(milliseconds)
}

function socketOf(client: ClientBase): Socket {
  if (client instanceof Client && client.connection.stream instanceof Socket) return client.connection.stream
  throw new Error('a connection to the database has no socket')
}

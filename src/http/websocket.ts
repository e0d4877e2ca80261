import type { Socket as NetSocket } from 'node:net'
import type { WebSocket } from '@fastify/websocket'
import type { LiveConnection, LiveReceiver, Opening } from './app.ts'
import { CLOSING_CODES, type LiveConnections, type Tended } from './live-connections.ts'
import { textFrame } from './websocket-frame.ts'

export type Socket = WebSocket

/** An upgraded connection, and the TCP connection that it took over. */
export interface Upgraded {
  readonly socket: Socket
  readonly tcp: NetSocket
}

/** The most that a client may say at once. */
export const MOST_MESSAGE_BYTES = 64 * 1024

interface Needs {
  readonly live: LiveConnections
  /** Looks after the credentials, until what it gives is called. */
  readonly guard: (close: LiveConnection['close']) => () => void
  readonly opening: Opening
}

/** Serves an upgraded connection until one of both sides ends it. */
export function openWebSocket({ socket, tcp }: Upgraded, { live, guard, opening }: Needs): void {
  const connection = connectionOf({ socket, tcp }, live)
  const receiver = opening(connection)
  const forget = live.tend(tended(socket, connection, { receiver, limits: live.limits }))
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    // One frame of a client is one piece of memory, unless the library is told otherwise.
    receiver.message(isBinary ? null : data.toString())
  })
  const leave = guard((code) => connection.close(code))
  socket.once('close', () => {
    leave()
    forget()
    receiver.closed()
  })
}

function connectionOf({ socket, tcp }: Upgraded, live: LiveConnections): LiveConnection {
  return {
    transport: 'websocket',
    send: ({ message }) => {
      // One write of bytes that all viewers share: the library would put a head before them anew for each.
      if (socket.readyState === socket.OPEN) tcp.write(textFrame(message))
    },
    get backlogBytes() {
      return tcp.writableLength
    },
    close: (code) => {
      live.noteEnd(code)
      socket.close(CLOSING_CODES[code], code)
      // Behind a backlog the goodbye would never arrive.
      if (code === 'slow') setTimeout(() => socket.terminate(), GOODBYE_MS).unref()
    },
  }
}

const GOODBYE_MS = 2000

interface Tending {
  readonly receiver: LiveReceiver
  readonly limits: LiveConnections['limits']
}

/** A peer that does not answer a ping before the next one is gone, though nobody said so. */
function tended(socket: Socket, connection: LiveConnection, { receiver, limits }: Tending): Tended {
  let answered = true
  let idleRounds = 0
  socket.on('pong', () => (answered = true))
  return {
    close: (code) => connection.close(code),
    drop: () => socket.terminate(),
    tend() {
      if (!answered) {
        socket.terminate()
        return
      }
      idleRounds = receiver.idle() ? idleRounds + 1 : 0
      if (idleRounds * limits.pingSeconds >= limits.idleSeconds) connection.close('idle')
      // While there is a backlog the ping would wait behind it; a stalled client is sent away as slow.
      if (socket.bufferedAmount > 0) return
      answered = false
      socket.ping()
    },
  }
}

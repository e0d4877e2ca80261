import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LiveConnection, Opening } from './app.ts'
import type { ClosingCode, LiveConnections } from './live-connections.ts'

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

interface Needs {
  readonly live: LiveConnections
  /** Looks after the credentials, until what it gives is called. */
  readonly guard: (close: LiveConnection['close']) => () => void
  readonly opening: Opening
}

/** When a browser tries again after the connection broke. */
const RETRY = 'retry: 3000\n\n'
const KEEP_ALIVE_MS = 30_000

/** Serves server-sent events until one of both sides ends them. They are not compressed: each goes out at once. */
export function openEventStream({ reply }: Exchange, { live, guard, opening }: Needs): void {
  void reply.hijack()
  const { raw } = reply
  raw.socket?.setKeepAlive(true, KEEP_ALIVE_MS)
  raw.socket?.setNoDelay(true)
  // The end of the connection is the end of the stream; pieces with lengths of their own would be three writes each.
  raw.removeHeader('transfer-encoding')
  raw.writeHead(200, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    // Proxies of the kind of nginx would wait for more.
    'x-accel-buffering': 'no',
  })
  raw.write(RETRY)
  const connection = connectionOf(raw, live)
  const receiver = opening(connection)
  const forget = live.tend({
    close: (code) => connection.close(code),
    drop: () => raw.destroy(),
    tend: () => undefined,
  })
  const leave = guard((code) => connection.close(code))
  raw.once('close', () => {
    leave()
    forget()
    receiver.closed()
  })
}

function connectionOf(raw: FastifyReply['raw'], live: LiveConnections): LiveConnection {
  return {
    transport: 'event_stream',
    send: ({ lines }) => {
      // Straight to the connection, as soon as this answer has it: nothing is to be added to the bytes.
      if (!raw.destroyed && !raw.writableEnded) (raw.socket ?? raw).write(lines)
    },
    get backlogBytes() {
      return raw.writableLength
    },
    close(code) {
      live.noteEnd(code)
      // Who did not take the frames before takes no goodbye either.
      if (code === 'slow') raw.destroy()
      else raw.end(goodbye(code))
    },
  }
}

const goodbye = (code: ClosingCode): string =>
  `event: closing\ndata: ${JSON.stringify({ type: 'closing', code })}\n\n`

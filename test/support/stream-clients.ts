import { request, type IncomingMessage } from 'node:http'
import { WebSocket, type ClientOptions } from 'ws'

/** An event as a client reads it. */
export type StreamFrame = Readonly<Record<string, any>>

/** A client of a stream, which keeps what came. */
export interface StreamClient {
  /** Everything that came so far, in order. */
  readonly frames: readonly StreamFrame[]
  /** The next frame that fits, of those that nobody waited for yet. Rejects when the stream ends before. */
  next(fits?: (frame: StreamFrame) => boolean): Promise<StreamFrame>
  close(): void
}

export interface SocketClient extends StreamClient {
  say(message: object | string | Buffer): void
  readonly ended: Promise<{ readonly code: number; readonly reason: string }>
  readonly socket: WebSocket
}

/** Why a stream was not opened. */
export class Refused extends Error {
  readonly status: number
  readonly body: string
  readonly headers: IncomingMessage['headers']

  constructor(response: IncomingMessage, body: string) {
    super(`refused with ${response.statusCode ?? 0}: ${body}`)
    this.status = response.statusCode ?? 0
    this.headers = response.headers
    this.body = body
  }
}

interface Waiter {
  readonly fits: (frame: StreamFrame) => boolean
  readonly resolve: (frame: StreamFrame) => void
  readonly reject: (error: Error) => void
}

function inbox() {
  const frames: StreamFrame[] = []
  let unread: StreamFrame[] = []
  let waiters: Waiter[] = []
  let over: Error | undefined
  return {
    frames,
    add(frame: StreamFrame) {
      frames.push(frame)
      const waiter = waiters.find(({ fits }) => fits(frame))
      if (waiter === undefined) unread.push(frame)
      else {
        waiters = waiters.filter((other) => other !== waiter)
        waiter.resolve(frame)
      }
    },
    end(error: Error) {
      over = error
      for (const { reject } of waiters.splice(0)) reject(error)
    },
    next(fits: Waiter['fits'] = () => true): Promise<StreamFrame> {
      const found = unread.findIndex(fits)
      if (found >= 0) {
        const frame = unread[found]!
        unread = unread.slice(found + 1)
        return Promise.resolve(frame)
      }
      if (over !== undefined) return Promise.reject(over)
      return new Promise((resolve, reject) => waiters.push({ fits, resolve, reject }))
    },
  }
}

/** Opens a WebSocket. Rejects with `Refused` when the server answers without an upgrade. */
export function openSocket(url: string, options: ClientOptions = {}): Promise<SocketClient> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), options)
  const box = inbox()
  socket.on('message', (data: Buffer) => box.add(JSON.parse(data.toString()) as StreamFrame))
  const ended = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once('close', (code, reason) => {
      box.end(new Error(`closed with ${code} ${reason.toString()}`))
      resolve({ code, reason: reason.toString() })
    }),
  )
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (_request, response) => {
      void textOf(response).then((body) => reject(new Refused(response, body)))
    })
    socket.on('error', reject)
    socket.once('open', () =>
      resolve({
        frames: box.frames,
        next: (fits) => box.next(fits),
        say: (message) =>
          socket.send(
            typeof message === 'string' || Buffer.isBuffer(message)
              ? message
              : JSON.stringify(message),
          ),
        close: () => socket.close(),
        ended,
        socket,
      }),
    )
  })
}

/** Opens an event stream. Rejects with `Refused` when the answer is none. `id` and `event` of the lines are checked. */
export function openEvents(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<StreamClient & { readonly response: IncomingMessage }> {
  const box = inbox()
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) {
        void textOf(response).then((body) => reject(new Refused(response, body)))
        return
      }
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        const pieces = (text + chunk).split('\n\n')
        text = pieces.pop() ?? ''
        for (const piece of pieces) if (piece.includes('data: ')) box.add(frameOf(piece))
      })
      response.on('close', () => box.end(new Error('the stream ended')))
      response.on('error', () => undefined)
      resolve({
        frames: box.frames,
        next: (fits) => box.next(fits),
        close: () => asked.destroy(),
        response,
      })
    })
    asked.on('error', reject)
    asked.end()
  })
}

function frameOf(piece: string): StreamFrame {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(piece)?.[1]
  const frame = JSON.parse(field('data') ?? '') as StreamFrame
  const told = [field('event'), field('id')]
  if (told[0] !== frame['type'] || (told[1] ?? null) !== (frame['id'] ?? null))
    throw new Error(`the lines say ${told.join(' ')}, the event ${JSON.stringify(frame)}`)
  return frame
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return text
}

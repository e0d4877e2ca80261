import { connect, type Socket } from 'node:net'
import { answerParent } from './parent.ts'
import { CREDENTIALS } from './stream-frame.ts'

/** What the clients shall do next. */
export type ClientsAsk =
  | {
      readonly do: 'open'
      readonly port: number
      readonly path: string
      readonly websocket: boolean
      readonly clients: number
    }
  | { readonly do: 'stall'; readonly clients: number }
  | { readonly do: 'count' }
  | { readonly do: 'close' }

/** What the clients that read have seen since the count before. */
export interface Counted {
  /** Connected clients that read. */
  readonly clients: number
  readonly frames: number
  /** Frames of which a client was told that it missed them. */
  readonly announced: number
  /** Frames between the first and the last of a client that it neither got nor was told of. */
  readonly lost: number
  /** The fewest frames of a client. */
  readonly least: number
}

interface Client {
  readonly socket: Socket
  stalled: boolean
  tail: string
  first: number
  last: number
  frames: number
  announced: number
}

const clients: Client[] = []
const AUTHORIZATION = Buffer.from(Object.values(CREDENTIALS).join(':')).toString('base64')
const AT_ONCE = 100
/** The longest text that is looked for. */
const OVERLAP = 120

answerParent(null, async (ask: ClientsAsk): Promise<Counted | null> => {
  if (ask.do === 'open') await openAll(ask)
  else if (ask.do === 'stall') stall(ask.clients)
  else if (ask.do === 'close') for (const { socket } of clients.splice(0)) socket.destroy()
  return ask.do === 'count' ? count() : null
})

type Opening = Extract<ClientsAsk, { do: 'open' }>

async function openAll(ask: Opening): Promise<void> {
  for (let done = 0; done < ask.clients; done += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, ask.clients - done) }, () => open(ask)),
    )
}

function open({ port, path, websocket }: Opening): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  const client: Client = {
    socket,
    stalled: false,
    tail: '',
    first: 0,
    last: 0,
    frames: 0,
    announced: 0,
  }
  const upgrade = websocket
    ? 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
    : ''
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic ${AUTHORIZATION}\r\n${upgrade}\r\n`,
  )
  return new Promise((resolve, reject) => {
    socket.once('data', (chunk) => {
      if (!/^HTTP\/1.1 (101|200)/.test(chunk.toString('latin1', 0, 20)))
        reject(new Error(chunk.toString('latin1', 0, 300)))
      clients.push(client)
      read(client, chunk)
      socket.on('data', (more) => read(client, more))
      resolve()
    })
    socket.on('error', reject)
  })
}

const FRAME = /"type":"(?:update|snapshot)","topic":"bench","id":"[\w-]+\.(\d+)"/g
const GAP = /"type":"gap","topic":"bench","missed":(\d+)/g
/** A ping without content, which has to be answered with a masked pong (RFC 6455, 5.5). */
const PING = '\u0089\u0000'
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])

/** Nearly all of a frame is padding: only what may be the head of one is looked at. */
function read(client: Client, chunk: Buffer): void {
  const text = client.tail + chunk.toString('latin1')
  for (const [, place] of text.matchAll(FRAME)) {
    const number = Number(place)
    if (number <= client.last) continue
    if (client.first === 0) client.first = number
    client.last = number
    client.frames += 1
  }
  for (const [, missed] of text.matchAll(GAP)) client.announced += Number(missed)
  if (text.endsWith(PING)) client.socket.write(PONG)
  // What was read whole is not read again.
  const kept = text.slice(-OVERLAP)
  const start = Math.max(kept.lastIndexOf('"exceeded"'), 0)
  client.tail = /"type":"gap".*\}/.test(kept) ? '' : kept.slice(start)
}

function stall(many: number): void {
  for (const client of clients.slice(0, many)) {
    client.stalled = true
    client.socket.pause()
  }
}

function count(): Counted {
  const reading = clients.filter(({ stalled }) => !stalled)
  const sum = (of: (client: Client) => number) =>
    reading.reduce((all, client) => all + of(client), 0)
  const counted = {
    clients: reading.filter(({ socket }) => !socket.destroyed).length,
    frames: sum(({ frames }) => frames),
    announced: sum(({ announced }) => announced),
    lost: sum(({ first, last, frames, announced }) =>
      Math.max(0, first === 0 ? 0 : last - first + 1 - frames - announced),
    ),
    least: Math.min(...reading.map(({ frames }) => frames)),
  }
  for (const client of reading) Object.assign(client, { first: 0, frames: 0, announced: 0 })
  return counted
}

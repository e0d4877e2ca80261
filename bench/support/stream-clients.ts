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
  tail: Buffer
  /** The last event before the gap that was told last. */
  gap: string
  first: number
  last: number
  frames: number
  announced: number
}

const clients: Client[] = []
const AUTHORIZATION = Buffer.from(Object.values(CREDENTIALS).join(':')).toString('base64')
const AT_ONCE = 100
/** The longest text that is looked for. */
const HEAD = 120

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
    tail: Buffer.alloc(0),
    gap: '',
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

const MARK = '{"type":"'
const FRAME = /^\{"type":"(?:update|snapshot)","topic":"bench","id":"[\w-]+\.(\d+)"/
const GAP = /^\{"type":"gap","topic":"bench","missed":(\d+),"after":"([^"]*)"/
/** A ping without content, which has to be answered with a masked pong (RFC 6455, 5.5). */
const PING = Buffer.from([0x89, 0])
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])

/** Nearly all of a frame is padding: only its head is looked at, also where two pieces share it. */
function read(client: Client, chunk: Buffer): void {
  if (client.tail.length > 0) scan(client, Buffer.concat([client.tail, chunk.subarray(0, HEAD)]))
  scan(client, chunk)
  client.tail = Buffer.from(chunk.subarray(-HEAD))
  if (chunk.subarray(-PING.length).equals(PING)) client.socket.write(PONG)
}

function scan(client: Client, bytes: Buffer): void {
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
    const head = bytes.toString('latin1', at, at + HEAD)
    const number = Number(FRAME.exec(head)?.[1] ?? 0)
    if (number > client.last) {
      if (client.first === 0) client.first = number
      client.last = number
      client.frames += 1
    }
    const [, missed = '0', after] = GAP.exec(head) ?? []
    if (after !== undefined && after !== client.gap) {
      client.gap = after
      client.announced += Number(missed)
    }
  }
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

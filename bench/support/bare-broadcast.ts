import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { answerParent } from './parent.ts'
import { bareFrame, type Memory } from './stream-frame.ts'

/** The least that ws can do: the same bytes to everybody, once a second. */
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
await new Promise((resolve) => server.once('listening', resolve))
let reading = 0
setInterval(() => {
  const frame = Buffer.from(bareFrame((reading += 1)))
  for (const client of server.clients) client.send(frame, { binary: false })
}, 1000)

/** Where it listens. */
export interface BareBroadcastReady {
  readonly port: number
}

const ready: BareBroadcastReady = { port: (server.address() as AddressInfo).port }
answerParent(ready, (): Memory => process.memoryUsage())

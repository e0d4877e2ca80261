import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** What the proxy does to connections. A switch also concerns those that are open. */
export type Fault =
  | { readonly mode: 'pass' }
  /** Holds every piece of the answer for so long. */
  | { readonly mode: 'latency'; readonly ms: number }
  /** Accepts and reads, never answers: a stopped process, a route that leads nowhere. */
  | { readonly mode: 'blackhole' }
  /** Resets every connection at once, also those that are open. */
  | { readonly mode: 'refuse' }
  /** Passes so many bytes of each answer, then resets. */
  | { readonly mode: 'cut'; readonly bytes: number }
  /** Passes so many bytes of each answer, then ends as if that were all. */
  | { readonly mode: 'hangup'; readonly bytes: number }
  /** Answers with bytes that are not HTTP. */
  | { readonly mode: 'garbage' }
  /** Answers with this status and HTML, as a proxy's error page. */
  | { readonly mode: 'status'; readonly code: number }

export interface FaultProxy {
  readonly url: string
  readonly port: number
  /** Connections accepted so far. */
  readonly accepted: number
  be(fault: Fault): void
  close(): Promise<void>
}

/** A TCP proxy on a free port of 127.0.0.1 whose faults are switched while it runs. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  let fault: Fault = { mode: 'pass' }
  let accepted = 0
  const open = new Set<Socket>()
  const track = (socket: Socket): Socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => undefined)
    return socket
  }
  const server = createServer((client) => {
    accepted += 1
    track(client)
    if (fault.mode === 'refuse') client.resetAndDestroy()
    else
      relay(
        client,
        () => track(connect(targetPort, '127.0.0.1')),
        () => fault,
      )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get accepted() {
      return accepted
    },
    be(next) {
      fault = next
      if (['refuse', 'garbage', 'status'].includes(next.mode))
        for (const socket of open) socket.resetAndDestroy()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

function relay(client: Socket, dial: () => Socket, fault: () => Fault): void {
  let target: Socket | undefined
  let passed = 0
  const dialled = (): Socket => {
    const socket = dial()
    socket.on('data', (chunk) => {
      forward(chunk, { client, fault: fault(), passed })
      passed += chunk.length
    })
    socket.on('close', () => {
      const now = fault()
      if (now.mode === 'pass') client.end()
      if (now.mode === 'latency') setTimeout(() => client.end(), now.ms).unref()
    })
    return socket
  }
  client.on('data', (chunk) => {
    // A client that keeps its connection asks again only when it has the answer: counting begins anew.
    passed = 0
    const own = ownAnswer(fault())
    if (own !== undefined) client.end(own)
    else if (fault().mode !== 'blackhole') {
      target ??= dialled()
      target.write(chunk)
    }
  })
  client.on('close', () => target?.destroy())
}

interface Passage {
  readonly client: Socket
  readonly fault: Fault
  /** Bytes of this answer that were passed before. */
  readonly passed: number
}

/** Connections that are about to be reset: nothing may follow what was left out, whatever the fault is by then. */
const cut = new WeakSet<Socket>()

function forward(chunk: Buffer, { client, fault, passed }: Passage): void {
  if (fault.mode === 'blackhole' || client.destroyed || client.writableEnded) return
  if (cut.has(client)) return
  if (fault.mode === 'latency') {
    setTimeout(() => client.write(chunk), fault.ms).unref()
    return
  }
  const left =
    fault.mode === 'cut' || fault.mode === 'hangup' ? fault.bytes - passed : Number.MAX_SAFE_INTEGER
  client.write(chunk.subarray(0, Math.max(0, left)))
  if (chunk.length < left) return
  if (fault.mode === 'hangup') {
    client.end()
    return
  }
  cut.add(client)
  // Given a moment to leave, since a reset throws away what is not sent yet.
  setTimeout(() => client.resetAndDestroy(), 20).unref()
}

function ownAnswer(fault: Fault): string | undefined {
  if (fault.mode === 'garbage') return '\u0000\u0001garbage\n'
  if (fault.mode !== 'status') return undefined
  const body = '<html><body>upstream fault</body></html>'
  return [
    `HTTP/1.1 ${fault.code} Fault`,
    'Content-Type: text/html',
    `Content-Length: ${body.length}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}

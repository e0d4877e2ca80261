const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000
/** Twice the heartbeat of the server and more: silence for longer means that the connection is gone. */
const SILENCE_MS = 40_000

export interface SocketNeeds {
  /** Where to connect, made anew for each attempt. Rejects when that cannot be told now. */
  address(): Promise<URL>
  opened(send: (message: object) => void): void
  received(text: string): void
  lost(): void
}

export interface LastingSocket {
  /** Says it where there is a connection; gives whether there is. */
  send(message: object): boolean
}

/** A WebSocket that is opened again whenever it ends or falls silent, ever more slowly while that does not help. */
export function lastingSocket(needs: SocketNeeds): LastingSocket {
  let socket: WebSocket | null = null
  let wait = FIRST_WAIT_MS
  let watchdog = 0
  const lost = (): void => {
    window.clearTimeout(watchdog)
    socket = null
    needs.lost()
    window.setTimeout(() => void connect(), wait * (0.75 + Math.random() / 2))
    wait = Math.min(wait * 2, LONGEST_WAIT_MS)
  }
  const listen = (opened: WebSocket): void => {
    window.clearTimeout(watchdog)
    watchdog = window.setTimeout(() => {
      // A connection that leads nowhere does not close either.
      opened.onclose = opened.onmessage = null
      opened.close()
      lost()
    }, SILENCE_MS)
  }
  const connect = async (): Promise<void> => {
    const address = await needs.address().catch(() => null)
    if (address === null) {
      lost()
      return
    }
    const opened = new WebSocket(address)
    socket = opened
    listen(opened)
    opened.onopen = () => needs.opened((message) => opened.send(JSON.stringify(message)))
    opened.onmessage = ({ data }: MessageEvent<string>) => {
      wait = FIRST_WAIT_MS
      listen(opened)
      needs.received(data)
    }
    opened.onclose = lost
  }
  void connect()
  return { send: (message) => said(socket, message) }
}

function said(socket: WebSocket | null, message: object): boolean {
  if (socket?.readyState !== WebSocket.OPEN) return false
  socket.send(JSON.stringify(message))
  return true
}

/** The events that have a place in the order of a topic, and so an id. */
export type OrderedEvent =
  'snapshot' | 'update' | 'threshold_exceeded' | 'threshold_cleared' | 'power_spike' | 'error'

/** An event as bytes, made once and sent to everybody: the JSON alone for a WebSocket, with its lines for SSE. */
export interface Frame {
  readonly event: string
  /** Its place in the topic; null for what has none. */
  readonly id: string | null
  /** Whether it says all that there is to say: then nobody needs the ones before. */
  readonly whole: boolean
  readonly json: string
  readonly message: Buffer
  readonly lines: Buffer
}

export interface FrameParts {
  readonly event: string
  readonly id: string | null
  readonly json: string
}

/** A frame of JSON that is written already; each of its two forms is made when somebody wants it. */
export function frameOf({ event, id, json }: FrameParts): Frame {
  let message: Buffer | undefined
  let lines: Buffer | undefined
  return {
    event,
    id,
    json,
    whole: event === 'snapshot' || event === 'update' || event === 'error',
    get message() {
      return (message ??= Buffer.from(json))
    },
    get lines() {
      // An event without an id leaves the client's last one as it is.
      const place = id === null ? '' : `id: ${id}\n`
      return (lines ??= Buffer.from(`${place}event: ${event}\ndata: ${json}\n\n`))
    },
  }
}

/** The JSON of an event; `type` comes first, so that it can be exchanged. */
export function eventJson(event: string, fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ type: event, ...fields })
}

/** The same state for somebody who sees the topic for the first time. */
export function asSnapshot(frame: Frame): Frame {
  const { event, id, json } = frame
  if (event !== 'update') return frame
  return frameOf({
    event: 'snapshot',
    id,
    json: `{"type":"snapshot"${json.slice('{"type":"update"'.length)}`,
  })
}

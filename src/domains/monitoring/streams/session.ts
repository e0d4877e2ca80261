import type { LiveConnection, LiveReceiver } from '../../../http/app.ts'
import { checker } from '../../../http/validation.ts'
import { invalidRequest, KCloudError } from '../../../kernel/errors.ts'
import {
  eventJson,
  frameOf,
  type Connection,
  type Subscription,
  type TopicSpec,
} from '../../../services/streams/index.ts'
import { commandSchema, type Command } from './commands.ts'
import { STREAMS, type StreamName } from './parameters.ts'

/** One wish, checked and with its defaults. */
export interface Wish {
  readonly stream: StreamName
  readonly query: Readonly<Record<string, unknown>>
  readonly spec: TopicSpec
}

export interface SessionNeeds {
  readonly connection: LiveConnection
  readonly subscriptions: Connection
  readonly now: () => Date
  readonly limits: { readonly maxSubscriptions: number; readonly maxBacklogBytes: number }
  /** The stream of the address. */
  readonly stream: StreamName
  /** Makes a topic of checked parameters. Rejects as the equal request would. */
  wish(stream: StreamName, query: Readonly<Record<string, unknown>>): Wish
  /** The problem document of what was thrown. */
  problem(error: unknown): object
}

interface Held {
  readonly wish: Wish
  readonly subscription: Subscription
}

/** What the client says, and what it has. */
interface Session {
  readonly needs: SessionNeeds
  readonly held: Map<string, Held>
}

/** The id of the subscription that the address itself asks for. */
const OF_ADDRESS = 'default'

/** Carries out what a client says on its WebSocket. What it says wrong is answered, and ends nothing. */
export function createSession(needs: SessionNeeds, first: Beginning): LiveReceiver {
  const session: Session = { needs, held: new Map() }
  const mayGoOn = commandLimit(needs.now)
  answering(session, OF_ADDRESS, () => hold(session, OF_ADDRESS, first))
  return {
    idle: () => session.held.size === 0,
    closed: () => needs.subscriptions.leave(),
    message(text) {
      // Who does not read the answers is not given more of them.
      if (needs.connection.backlogBytes > needs.limits.maxBacklogBytes) {
        needs.connection.close('slow')
        return
      }
      answering(session, null, () => {
        mayGoOn()
        const command = read(text)
        const id = 'id' in command ? command.id : null
        answering(session, id, () => carryOut(session, command))
      })
    },
  }
}

/** What goes wrong is told the client. */
function answering(session: Session, id: string | null, run: () => void): void {
  try {
    run()
  } catch (error) {
    say(session, 'error', { id, error: session.needs.problem(error) })
  }
}

const COMMANDS_PER_WINDOW = 100
const WINDOW_MS = 10_000

/** Throws when a client says too much in too short a time: each word may cost a question to the clusters. */
function commandLimit(now: () => Date): () => void {
  let window = Number.NEGATIVE_INFINITY
  let said = 0
  return () => {
    const time = now().getTime()
    if (time - window >= WINDOW_MS) [window, said] = [time, 0]
    said += 1
    if (said > COMMANDS_PER_WINDOW)
      throw new KCloudError('rate_limited', {
        detail: `more than ${COMMANDS_PER_WINDOW} messages in ${WINDOW_MS / 1000} s`,
      })
  }
}

const checkCommand = checker(commandSchema, '/message')

function read(text: string | null): Command {
  if (text === null) throw invalidRequest('/message', 'must be text')
  // The check has made it so.
  return checkCommand(parse(text)) as Command
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalidRequest('/message', 'must be JSON')
  }
}

function carryOut(session: Session, command: Command): void {
  switch (command.type) {
    case 'ping':
      say(session, 'pong', { nonce: command.nonce ?? null, at: session.needs.now() })
      return
    case 'unsubscribe':
      release(session, command.id)
      say(session, 'unsubscribed', { id: command.id })
      return
    case 'set_interval':
      setInterval(session, command)
      return
    case 'subscribe':
    case 'resume':
      subscribe(session, command)
  }
}

const checkParams = {
  power: checker(STREAMS.power.strict(), '/message/params'),
  metrics: checker(STREAMS.metrics.strict(), '/message/params'),
}

type Subscribing = Extract<Command, { type: 'subscribe' | 'resume' }>

function subscribe(session: Session, command: Subscribing): void {
  const { needs, held } = session
  const { id, stream = needs.stream } = command
  if (held.has(id)) throw invalidRequest('/message/id', 'is taken: unsubscribe it first')
  if (held.size >= needs.limits.maxSubscriptions)
    throw new KCloudError('rate_limited', {
      detail: `a connection has at most ${needs.limits.maxSubscriptions} subscriptions`,
    })
  const query = checkParams[stream](command.params) as Wish['query']
  const lastEventId = command.type === 'resume' ? command.last_event_id : null
  hold(session, id, { wish: needs.wish(stream, query), lastEventId })
}

function setInterval(
  session: Session,
  { id, interval }: Extract<Command, { type: 'set_interval' }>,
): void {
  const { stream, query } = heldBy(session, id).wish
  const wish = session.needs.wish(stream, { ...query, interval })
  const before = heldBy(session, id).subscription
  hold(session, id, { wish, lastEventId: null })
  before.end()
}

interface Beginning {
  readonly wish: Wish
  readonly lastEventId: string | null
}

/** A client learns which topic it has before the first frame of it, unless its address says so already. */
function hold(session: Session, id: string, { wish, lastEventId }: Beginning): void {
  const { stream, query, spec } = wish
  const ofAddress = session.held.size === 0 && id === OF_ADDRESS
  const subscription = session.needs.subscriptions.subscribe(spec, {
    resumeAfter: lastEventId,
    accepted: () => {
      if (!ofAddress) say(session, 'subscribed', { id, topic: spec.topic, stream, params: query })
    },
  })
  session.held.set(id, { wish, subscription })
}

function release(session: Session, id: string): void {
  heldBy(session, id).subscription.end()
  session.held.delete(id)
}

function heldBy({ held }: Session, id: string): Held {
  const known = held.get(id)
  if (known !== undefined) return known
  const names = held.size === 0 ? 'none' : [...held.keys()].join(', ')
  throw invalidRequest('/message/id', `is none of this connection, which has ${names}`)
}

function say({ needs }: Session, event: string, fields: Readonly<Record<string, unknown>>): void {
  needs.connection.send(frameOf({ event, id: null, json: eventJson(event, fields) }))
}

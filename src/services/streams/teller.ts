import { randomBytes } from 'node:crypto'
import { eventJson, frameOf, type Frame, type OrderedEvent } from './frame.ts'
import type { Reading, TopicSpec } from './reading.ts'
import { NOTHING_TOLD, shape, type Exceeded, type Shaped, type ShapeState } from './shape.ts'

/** Where the frames of a topic stand: an order that somebody began, and how far it has come. */
export interface Place {
  readonly order: string
  readonly last: number
}

export const newOrder = (): Place => ({ order: randomBytes(6).toString('base64url'), last: 0 })
const idOf = ({ order, last }: Place): string => `${order}.${last}`

/** The problem document of a failure, as the equal request would be answered. */
export type DescribeProblem = (error: unknown, topic: string) => object

/** Everything that a reading comes to. */
export interface Told {
  readonly frames: readonly Frame[]
  readonly observedAt: string | null
  readonly state: 'live' | 'failing'
}

/** Makes frames of readings. */
export interface Teller {
  read(reading: Reading): Told
  failed(error: unknown): Told
  /** Goes on where this or another teller left off. The next reading is told whatever it is. */
  goOn(place: Place, exceeded: ReadonlyMap<string, Exceeded>): void
  readonly exceeded: ReadonlyMap<string, Exceeded>
  readonly place: Place
}

interface Memory {
  place: Place
  shaped: ShapeState
  /** What the last reading failed with. */
  problem: string | undefined
}

/** The teller of one topic. */
export function createTeller(spec: TopicSpec, describe: DescribeProblem): Teller {
  const memory: Memory = { place: newOrder(), shaped: NOTHING_TOLD, problem: undefined }
  return {
    get exceeded() {
      return memory.shaped.exceeded
    },
    get place() {
      return memory.place
    },
    goOn(place, exceeded) {
      memory.place = place
      memory.shaped = { ...NOTHING_TOLD, exceeded }
      memory.problem = undefined
    },
    read: (reading) => tellReading(memory, spec, reading),
    failed: (error) => tellFailure(memory, spec.topic, describe(error, spec.topic)),
  }
}

function tellReading(memory: Memory, spec: TopicSpec, reading: Reading): Told {
  const event = memory.shaped.told === undefined ? 'snapshot' : 'update'
  const state = memory.problem === undefined ? memory.shaped : untold(memory.shaped)
  const shaped = shape(state, reading, spec.shaping)
  memory.shaped = shaped.state
  memory.problem = undefined
  const about = { topic: spec.topic, reading, exceeded: shaped.state.exceeded }
  const told = shaped.tells ? [put(memory, event, (id) => stateJson(event, id, about))] : []
  const frames = [...told, ...shaped.events.map((own) => putShaped(memory, spec.topic, own))]
  return { frames, observedAt: reading.observedAt.toISOString(), state: 'live' }
}

/** A failure is told once, until it is another one. */
function tellFailure(memory: Memory, topic: string, described: object): Told {
  const text = JSON.stringify({ ...described, request_id: '' })
  const event: Shaped = { event: 'error', fields: { error: described } }
  const frames = text === memory.problem ? [] : [putShaped(memory, topic, event)]
  memory.problem = text
  return { frames, observedAt: null, state: 'failing' }
}

function put(memory: Memory, event: OrderedEvent, json: (id: string) => string): Frame {
  memory.place = { ...memory.place, last: memory.place.last + 1 }
  const id = idOf(memory.place)
  return frameOf({ event, id, json: json(id) })
}

const putShaped = (memory: Memory, topic: string, { event, fields }: Shaped): Frame =>
  put(memory, event, (id) => eventJson(event, { topic, id, ...fields }))

/** After a failure the next reading is told, however little has changed. */
const untold = (state: ShapeState): ShapeState => ({ ...state, told: undefined })

interface StateParts {
  readonly topic: string
  readonly reading: Reading
  readonly exceeded: ReadonlyMap<string, Exceeded>
}

/** The data are JSON already: they are not written a second time. */
function stateJson(event: string, id: string, { topic, reading, exceeded }: StateParts): string {
  const above = [...exceeded.values()].map(({ key, since }) => ({ key, since }))
  const head = eventJson(event, { topic, id }).slice(0, -1)
  return `${head},"data":${reading.data},"meta":${reading.meta},"exceeded":${JSON.stringify(above)}}`
}

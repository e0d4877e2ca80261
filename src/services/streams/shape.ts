import type { OrderedEvent } from './frame.ts'
import type { Figure, Reading, Shaping } from './reading.ts'

/** A figure that is above its threshold. */
export interface Exceeded extends Figure {
  readonly value: number
  readonly since: string
  /** The clusters that the figure held when it exceeded: less of them cannot clear it. */
  readonly scope: readonly string[]
}

/** What has to be remembered from one reading to the next. */
export interface ShapeState {
  /** The figures and circumstances that were told last; undefined when the next reading must be told. */
  readonly told: Told | undefined
  readonly before: Pick<Reading, 'total' | 'rows' | 'basis'> | undefined
  readonly exceeded: ReadonlyMap<string, Exceeded>
}

interface Told {
  readonly at: number
  readonly figures: ReadonlyMap<string, number | null>
  readonly circumstances: string
}

/** One event of a reading, before it has its place. */
export interface Shaped {
  readonly event: OrderedEvent
  readonly fields: Readonly<Record<string, unknown>>
}

export const NOTHING_TOLD: ShapeState = { told: undefined, before: undefined, exceeded: new Map() }

/** What is told of a reading: the state when it changed enough, and what happened to watched figures. */
export function shape(
  state: ShapeState,
  reading: Reading,
  shaping: Shaping,
): { readonly events: readonly Shaped[]; readonly tells: boolean; readonly state: ShapeState } {
  const watched = shaping.watch === 'total' ? [totalOf(reading)] : reading.rows
  const { exceeded, events } = crossings(state.exceeded, { reading, shaping, watched })
  const tells = isDue(state.told, reading, shaping)
  return {
    events: [...events, ...spikes(state.before, { reading, shaping, watched })],
    tells,
    state: { told: tells ? toldBy(reading) : state.told, before: reading, exceeded },
  }
}

const nameOf = ({ key }: Figure): string => JSON.stringify(key)
const totalOf = ({ total }: Pick<Reading, 'total'>): Figure => ({ key: {}, value: total })

function figuresOf(reading: Pick<Reading, 'total' | 'rows'>): ReadonlyMap<string, number | null> {
  return new Map(
    [totalOf(reading), ...reading.rows].map((figure) => [nameOf(figure), figure.value]),
  )
}

const toldBy = (reading: Reading): Told => ({
  at: reading.observedAt.getTime(),
  figures: figuresOf(reading),
  circumstances: reading.circumstances,
})

function isDue(told: Told | undefined, reading: Reading, shaping: Shaping): boolean {
  if (told === undefined) return true
  if (reading.circumstances !== told.circumstances) return true
  if (reading.observedAt.getTime() - told.at < shaping.minIntervalSeconds * 1000) return false
  if (shaping.deadband === null && shaping.deadbandPercent === null) return true
  const figures = figuresOf(reading)
  if (figures.size !== told.figures.size) return true
  return [...figures].some(([name, value]) => hasMoved(told.figures.get(name), value, shaping))
}

function hasMoved(
  before: number | null | undefined,
  value: number | null,
  { deadband, deadbandPercent }: Shaping,
): boolean {
  if (before === undefined || before === null || value === null) return before !== value
  const change = Math.abs(value - before)
  return change > Math.max(deadband ?? 0, (Math.abs(before) * (deadbandPercent ?? 0)) / 100)
}

interface Looked {
  readonly reading: Reading
  readonly shaping: Shaping
  readonly watched: readonly Figure[]
}

/** The figures that went above their threshold, or came back below it by more than the hysteresis. */
function crossings(
  known: ReadonlyMap<string, Exceeded>,
  looked: Looked,
): { readonly exceeded: ReadonlyMap<string, Exceeded>; readonly events: readonly Shaped[] } {
  const { threshold } = looked.shaping
  if (threshold === null) return { exceeded: known, events: [] }
  const exceeded = new Map(known)
  const events: Shaped[] = []
  for (const figure of looked.watched) {
    const event = cross(exceeded, figure, looked)
    if (event !== undefined) events.push(crossing(event, figure, looked))
  }
  for (const [name, before] of gone(exceeded, looked)) {
    exceeded.delete(name)
    events.push(crossing('threshold_cleared', { key: before.key, value: null }, looked))
  }
  return { exceeded, events }
}

/** Brings the list of exceeded figures up to date with one of them; gives what happened to it. */
function cross(
  exceeded: Map<string, Exceeded>,
  figure: Figure,
  looked: Looked,
): Crossing | undefined {
  const name = nameOf(figure)
  const before = exceeded.get(name)
  if (before !== undefined) {
    if (!isCleared(figure, before, looked)) return undefined
    exceeded.delete(name)
    return 'threshold_cleared'
  }
  const now = exceededBy(figure, looked)
  if (now === undefined) return undefined
  exceeded.set(name, now)
  return 'threshold_exceeded'
}

type Crossing = 'threshold_exceeded' | 'threshold_cleared'

function exceededBy({ key, value }: Figure, { reading, shaping }: Looked): Exceeded | undefined {
  const threshold = shaping.threshold?.value ?? Number.POSITIVE_INFINITY
  if (value === null || value <= threshold) return undefined
  return { key, value, since: reading.observedAt.toISOString(), scope: reading.scope }
}

/** A total that lacks a cluster is a lower bound: that it fell says nothing. */
function isCleared({ value }: Figure, { scope }: Exceeded, { reading, shaping }: Looked): boolean {
  if (value === null || shaping.threshold === null || !covers(reading.scope, scope)) return false
  const { value: threshold, hysteresisPercent } = shaping.threshold
  return value <= threshold * (1 - hysteresisPercent / 100) && value < threshold
}

const covers = (now: readonly string[], then: readonly string[]): boolean =>
  then.every((name) => now.includes(name))

/** Rows that are no more, though everybody who told of them answered. */
function gone(
  exceeded: ReadonlyMap<string, Exceeded>,
  { watched, reading }: Looked,
): readonly (readonly [string, Exceeded])[] {
  const present = new Set(watched.map(nameOf))
  return [...exceeded].filter(
    ([name, { scope }]) => !present.has(name) && covers(reading.scope, scope),
  )
}

function crossing(event: Crossing, { key, value }: Figure, { shaping, reading }: Looked): Shaped {
  const { threshold } = shaping
  return {
    event,
    fields: {
      observed_at: reading.observedAt.toISOString(),
      key,
      value,
      threshold: threshold?.value ?? null,
      hysteresis_percent: threshold?.hysteresisPercent ?? null,
    },
  }
}

/** Figures that changed by more than they may from one reading to the next, when both cover the same. */
function spikes(before: ShapeState['before'], looked: Looked): readonly Shaped[] {
  const { spikePercent } = looked.shaping
  if (spikePercent === null || before?.basis !== looked.reading.basis) return []
  const figures = figuresOf(before)
  return looked.watched.flatMap((figure) => {
    const previous = figures.get(nameOf(figure))
    const change = changePercent(previous, figure.value)
    return change === null || Math.abs(change) <= spikePercent
      ? []
      : [spike(figure, { previous, change, looked })]
  })
}

function changePercent(previous: number | null | undefined, value: number | null): number | null {
  if (previous === undefined || previous === null || value === null || previous <= 0) return null
  return ((value - previous) / previous) * 100
}

interface Change {
  readonly previous: number | null | undefined
  readonly change: number
  readonly looked: Looked
}

const spike = ({ key, value }: Figure, { previous, change, looked }: Change): Shaped => ({
  event: 'power_spike',
  fields: {
    observed_at: looked.reading.observedAt.toISOString(),
    key,
    power_watts: value,
    previous_watts: previous,
    change_percent: change,
    spike_percent: looked.shaping.spikePercent,
  },
})

import type { Cluster, Device, Node, Seat } from './datacentre.ts'
import { fraction } from './hash.ts'
import { busyAt, busySeconds, occupancyAt } from './lane.ts'
import { noiseAt, noiseSeconds } from './noise.ts'
import { podAt, type Pod } from './pods.ts'
import { edgesWithin, isWithin, lastEnd, startBefore, type Span } from './spans.ts'

// What is really so, exactly, at any time in unix seconds. Exporters round it; tests compare answers with it.

/** Whether a device works, has fallen off the bus, or is without power. */
export type DeviceState = 'working' | 'lost' | 'without_power'

/** The state of a device at a time. */
export function deviceState(device: Device, seconds: number): DeviceState {
  if (isWithin(device.outages, seconds)) return 'without_power'
  return isWithin(device.losses, seconds) ? 'lost' : 'working'
}

/** Share of the limit that noise moves a board's power by, at most. */
const NOISE = 0.005
/** Full load stays this far below the limit. */
const HEADROOM = 0.98

/** What full load adds to the idle power of a board, in watts. */
function dynamicWatts({ model }: Device): number {
  return model.powerLimitWatts * (HEADROOM - NOISE) - model.idleWatts
}

/** Electrical power of the whole board, in watts: at most its limit. */
export function boardWatts(device: Device, seconds: number): number {
  const state = deviceState(device, seconds)
  if (state === 'without_power') return 0
  if (state === 'lost') return device.model.idleWatts
  const active = device.seats.reduce((sum, seat) => sum + seatWatts(device, seat, seconds), 0)
  const noise = NOISE * device.model.powerLimitWatts * noiseAt(device.seed, seconds)
  return device.model.idleWatts + active + noise
}

/** What the work on one seat adds to the power of its board, in watts. */
export function seatWatts(device: Device, seat: Seat, seconds: number): number {
  const { lane, share } = seat
  if (lane === undefined || deviceState(device, seconds) !== 'working') return 0
  return dynamicWatts(device) * share * lane.intensity * busyAt(lane, seconds)
}

/** The exact integral of `boardWatts`, in joules. */
export function boardJoules(device: Device, span: Span): number {
  return overStates(device, span, (state, piece) => {
    if (state === 'without_power') return 0
    if (state === 'lost') return device.model.idleWatts * (piece.until - piece.from)
    return workingJoules(device, piece)
  })
}

function workingJoules(device: Device, piece: Span): number {
  const active = device.seats.reduce((sum, seat) => sum + workingSeatJoules(device, seat, piece), 0)
  const noise = NOISE * device.model.powerLimitWatts * noiseSeconds(device.seed, piece)
  return device.model.idleWatts * (piece.until - piece.from) + active + noise
}

/** The exact integral of `seatWatts`, in joules. */
export function seatJoules(device: Device, seat: Seat, span: Span): number {
  return overStates(device, span, (state, piece) =>
    state === 'working' ? workingSeatJoules(device, seat, piece) : 0,
  )
}

function workingSeatJoules(device: Device, { lane, share }: Seat, piece: Span): number {
  if (lane === undefined) return 0
  return dynamicWatts(device) * share * lane.intensity * busySeconds(lane, piece)
}

function overStates(
  device: Device,
  span: Span,
  joules: (state: DeviceState, piece: Span) => number,
): number {
  if (device.losses.length + device.outages.length === 0) return joules('working', span)
  const edges = edgesWithin([...device.losses, ...device.outages], span)
  return edges.slice(1).reduce((sum, until, index) => {
    const from = edges[index] ?? until
    return sum + joules(deviceState(device, from), { from, until })
  }, 0)
}

const FIRST_LOAD = Date.UTC(2026, 0, 1) / 1000
const DAY = 86_400
const RELOAD_SECONDS = 400 * DAY

/** When the driver was last loaded, in unix seconds: every 400 days, and after each loss and outage. */
export function loadedAt(device: Device, seconds: number): number {
  const first = FIRST_LOAD + Math.floor(60 * DAY * fraction(device.seed, 1))
  const regular = first + Math.floor((seconds - first) / RELOAD_SECONDS) * RELOAD_SECONDS
  if (device.losses.length + device.outages.length + device.reloads.length === 0) return regular
  const repaired = [lastEnd(device.losses, seconds), lastEnd(device.outages, seconds)]
  const reloaded = device.reloads.map((reload) => startBefore(reload, seconds))
  return Math.max(regular, ...[...repaired, ...reloaded].filter((time) => time !== undefined))
}

/** Joules since the driver was loaded: what the board's own counter knows. */
export function countedJoules(device: Device, seconds: number): number {
  return boardJoules(device, { from: loadedAt(device, seconds), until: seconds })
}

/** Share of a seat that is at work, 0 to 1. */
export function seatBusy(device: Device, { lane }: Seat, seconds: number): number {
  if (lane === undefined || deviceState(device, seconds) !== 'working') return 0
  return busyAt(lane, seconds)
}

/** Share of a device that is at work, 0 to 1: that of its seats, each by its share. */
export function deviceBusy(device: Device, seconds: number): number {
  return device.seats.reduce((sum, seat) => sum + seat.share * seatBusy(device, seat, seconds), 0)
}

/** What the driver itself takes of a card that is not in MIG mode, in MiB. */
const DRIVER_MB = 4

/** Memory that the pod on a seat fills, in whole MiB; 0 without a pod. */
export function seatMemoryMb({ lane, memoryMb }: Seat, seconds: number): number {
  if (lane === undefined || occupancyAt(lane, seconds) === undefined) return 0
  return Math.floor((memoryMb - DRIVER_MB) * lane.memoryShare)
}

/** Memory in use on a device, in whole MiB. */
export function deviceMemoryMb(device: Device, seconds: number): number {
  const driver = device.sharing === 'mig' ? 0 : DRIVER_MB
  return device.seats.reduce((sum, seat) => sum + seatMemoryMb(seat, seconds), driver)
}

/** Temperature of the die in °C: it follows the power. */
export function dieCelsius(device: Device, seconds: number): number {
  const { powerLimitWatts } = device.model
  const place = 4 * fraction(device.seed, 2)
  return 26 + place + 46 * (boardWatts(device, seconds) / powerLimitWatts)
}

/** Temperature of the memory in °C; undefined where there is no sensor. */
export function memoryCelsius(device: Device, seconds: number): number | undefined {
  return device.model.memorySensor ? dieCelsius(device, seconds) + 5 : undefined
}

/** Clock of the cores in MHz. */
export function coreClockMhz(device: Device, seconds: number): number {
  const { idleClockMhz, fullClockMhz } = device.model
  const busy = deviceBusy(device, seconds)
  // Under load the clock gives way a little to stay within the power limit.
  return busy === 0 ? idleClockMhz : fullClockMhz * (1 - 0.1 * busy)
}

/** Who holds what: a pod, and the seat of a device that it was given. */
export interface Allocation {
  readonly node: Node
  readonly device: Device
  readonly seat: Seat
  readonly pod: Pod
}

/** Every allocation of a cluster at a time. A pod that was given several devices is there several times. */
export function allocationsAt(cluster: Cluster, seconds: number): readonly Allocation[] {
  return cluster.nodes.flatMap((node) =>
    node.devices.flatMap((device) =>
      device.seats.flatMap((seat) => allocationOf({ node, device, seat }, seconds)),
    ),
  )
}

function allocationOf(place: Omit<Allocation, 'pod'>, seconds: number): readonly Allocation[] {
  const { lane } = place.seat
  const pod = lane === undefined ? undefined : podAt(lane, seconds)
  return pod === undefined ? [] : [{ ...place, pod }]
}

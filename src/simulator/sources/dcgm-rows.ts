import type { Device, Node, Seat } from '../datacentre.ts'
import { without } from '../exclusions.ts'
import type { DcgmEra } from '../plan.ts'
import { podsWithin, type LabelPair, type Pod } from '../pods.ts'
import { isWithin, type Span } from '../spans.ts'
import { deviceState } from '../truth.ts'

/** The labels of one line of dcgm-exporter, without the metric's own, and what it speaks of. */
export interface DcgmRow extends Span {
  readonly device: Device
  /** The instance, or the turn, that the row stands for; undefined on the row of a whole card. */
  readonly seat: Seat | undefined
  readonly labels: readonly LabelPair[]
  /** Sorted by name, as the exporter's template prints them, after the labels. */
  readonly attributes: readonly LabelPair[]
}

/** How long DCGM still shows a card that has fallen off the bus, with its XID. */
const LAST_WORDS_SECONDS = 60

/** Whether DCGM shows a device at a time. */
export function isShown(device: Device, seconds: number): boolean {
  if (deviceState(device, seconds) !== 'lost') return true
  // Lost now but not a minute ago: the driver has just noticed.
  return !isWithin(device.losses, seconds - LAST_WORDS_SECONDS)
}

/** Where rows stand: the node, the era of its exporter, and for how long they are wanted. */
export interface DcgmPlace {
  readonly node: Node
  readonly era: DcgmEra
  readonly span: Span
}

/**
 * The rows that most metrics have. A whole card: one, with its pod. MIG: one an instance. Shared in time: one for
 * each pod, so that every one shows the whole card.
 */
export function cardRows(device: Device, place: DcgmPlace): readonly DcgmRow[] {
  if (device.sharing !== 'sliced')
    return device.seats.flatMap((seat) => seatRows(device, seat, place))
  const held = device.seats.flatMap((seat) => heldRows(device, seat, place))
  const idle = without(place.span, held).map((span) => ({ ...base(device, place), ...span }))
  return [...held, ...idle].sort((a, b) => a.from - b.from)
}

/** The rows of metrics that are also known by process: on a shared card one of the card and one for each pod. */
export function processRows(device: Device, place: DcgmPlace): readonly DcgmRow[] {
  if (device.sharing !== 'sliced') return cardRows(device, place)
  const held = device.seats.flatMap((seat) => heldRows(device, seat, place))
  return [base(device, place), ...held]
}

/** The rows of a seat: with its pods, and without one in between. */
function seatRows(device: Device, seat: Seat, place: DcgmPlace): readonly DcgmRow[] {
  const held = heldRows(device, seat, place)
  const plain = { ...base(device, place, seat), seat: device.sharing === 'mig' ? seat : undefined }
  const idle = without(place.span, held).map((span) => ({ ...plain, ...span }))
  return [...held, ...idle].sort((a, b) => a.from - b.from)
}

function heldRows(device: Device, seat: Seat, place: DcgmPlace): readonly DcgmRow[] {
  if (seat.lane === undefined) return []
  const plain = base(device, place, seat)
  return podsWithin(seat.lane, place.span).map((pod) => ({
    ...plain,
    from: pod.from,
    until: pod.until,
    seat: device.sharing === 'whole' ? undefined : seat,
    attributes: attributesOf(pod, seat),
  }))
}

function attributesOf(pod: Pod, { replica }: Seat): readonly LabelPair[] {
  const owner: readonly LabelPair[] = [
    ['container', pod.container],
    ['namespace', pod.namespace],
    ['pod', pod.name],
  ]
  return replica === undefined ? owner : [...owner, ['vgpu', replica]]
}

function base(device: Device, { node, era, span }: DcgmPlace, seat?: Seat): DcgmRow {
  const mig: readonly LabelPair[] =
    seat?.mig === undefined
      ? []
      : [
          ['GPU_I_PROFILE', seat.mig.profile],
          ['GPU_I_ID', String(seat.mig.instanceId)],
        ]
  const labels: readonly LabelPair[] = [
    ['gpu', String(device.index)],
    ['UUID', device.uuid],
    ['pci_bus_id', `00000000:${device.pciBus}:00.0`],
    ['device', `nvidia${device.index}`],
    ['modelName', device.model.name],
    ...mig,
    [era.hostname, node.name],
    ['DCGM_FI_DRIVER_VERSION', era.driverVersion],
  ]
  return { ...span, device, seat: undefined, labels, attributes: [] }
}

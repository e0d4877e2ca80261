import type { Device, Seat } from './datacentre.ts'
import { faultsOf, strikes, type Fault, type Place } from './faults.ts'
import { hash, uuid } from './hash.ts'
import type { Lane } from './lane.ts'
import { makeLane, type LaneMaker } from './lanes.ts'
import { MIG_PROFILES, MODELS, type DeviceModel } from './models.ts'
import type { NodeGroup, Part, Use } from './plan.ts'
import type { Recurring } from './spans.ts'

/** What the devices of one node are built from. */
export interface DeviceBlueprint {
  readonly group: NodeGroup
  readonly groupOrder: number
  readonly member: number
  readonly faults: readonly Fault[]
  readonly maker: LaneMaker
  readonly place: Place
  readonly outages: readonly Recurring[]
}

/** The devices of a node by its layout, and the lanes that they are given to. */
export function buildDevices(blueprint: DeviceBlueprint): {
  readonly devices: readonly Device[]
  readonly lanes: readonly Lane[]
} {
  const { devices: wish } = blueprint.group
  if (wish === undefined) return { devices: [], lanes: [] }
  const model = MODELS[wish.model]
  const cards = cardsOf(blueprint, model).slice(0, wish.count)
  const free = Array.from({ length: wish.count - cards.length }, () => wholeCard(model, undefined))
  const devices = [...cards, ...free].map((card, index) =>
    buildDevice(blueprint, { ...card, index, model }),
  )
  const lanes = devices.flatMap(({ seats }) => seats.flatMap(({ lane }) => lane ?? []))
  return { devices, lanes: [...new Set(lanes)] }
}

type Card = Pick<Device, 'sharing' | 'seats'>

function cardsOf(blueprint: DeviceBlueprint, model: DeviceModel): readonly Card[] {
  const { group, member } = blueprint
  const layout = group.layouts[member % group.layouts.length] ?? group.layouts[0]
  return layout.flatMap((part, order) => partCards({ blueprint, model, order }, part))
}

/** Where a part stands: its node, and its place in the layout. */
interface PartPlace {
  readonly blueprint: DeviceBlueprint
  readonly model: DeviceModel
  readonly order: number
}

function partCards(place: PartPlace, part: Part): readonly Card[] {
  if ('mig' in part) return [migCard(place, part)]
  if ('sliced' in part) return [slicedCard(place, part)]
  if ('cores' in part) return [coresCard(place, part)]
  const seat = wholeCard(place.model, cardLane(place, part))
  return Array.from({ length: part.cards }, () => seat)
}

function wholeCard(model: DeviceModel, lane: Lane | undefined): Card {
  const cores = model.vendor === 'furiosa' ? { coreRange: '0-7' } : {}
  const resource = RESOURCES[model.vendor]
  const seat = { lane, share: 1, memoryMb: usableMb(model), resource, ...cores }
  return { sharing: 'whole', seats: [seat] }
}

const usableMb = ({ memoryMb, reservedMb }: DeviceModel): number => memoryMb - reservedMb

type CardsPart = Extract<Part, { readonly cards: number }>

const CORES_PER_CARD = { nvidia: 16, furiosa: 8, rebellions: 8 }
const RESOURCES = {
  nvidia: 'nvidia_com_gpu',
  furiosa: 'furiosa_ai_rngd',
  rebellions: 'rebellions_ai_ATOM',
}

function cardLane(place: PartPlace, part: CardsPart): Lane | undefined {
  const { vendor } = place.model
  const { groupOrder, member } = place.blueprint
  return laneOf(place, {
    use: part.use,
    seat: 0,
    cores: part.cards * CORES_PER_CARD[vendor],
    resource: { name: RESOURCES[vendor], amount: part.cards },
    ...(part.gang === true ? { gang: { order: groupOrder, replica: member } } : {}),
  })
}

const one = (name: string) => ({ name, amount: 1 })

interface SeatWish {
  readonly use: Use
  readonly seat: number
  readonly cores: number
  readonly resource: { readonly name: string; readonly amount: number }
  readonly gang?: { readonly order: number; readonly replica: number }
}

function laneOf(
  { blueprint, order }: PartPlace,
  { use, seat, ...wish }: SeatWish,
): Lane | undefined {
  if (use === 'free') return undefined
  return makeLane(blueprint.maker, { ...wish, kind: use, order: order * 16 + seat })
}

function migCard(place: PartPlace, { mig }: Extract<Part, { readonly mig: unknown }>): Card {
  const seats = mig.map(({ profile, use }, seat): Seat => {
    const { slices, memoryMb, instanceIds } = MIG_PROFILES[profile]
    const before = mig.slice(0, seat).filter((other) => other.profile === profile).length
    const resource = `nvidia_com_mig_${profile.replace('.', '_')}`
    return {
      lane: laneOf(place, { use, seat, cores: 2 * slices, resource: one(resource) }),
      resource,
      share: slices / 7,
      memoryMb,
      mig: { profile, instanceId: instanceIds[before] ?? 14 + before },
    }
  })
  return { sharing: 'mig', seats }
}

function slicedCard(
  place: PartPlace,
  { sliced }: Extract<Part, { readonly sliced: unknown }>,
): Card {
  const share = 1 / sliced.length
  const resource = 'nvidia_com_gpu_shared'
  const seats = sliced.map((use, seat): Seat => ({
    lane: laneOf(place, { use, seat, cores: 4, resource: one(resource) }),
    resource,
    share,
    memoryMb: Math.floor(usableMb(place.model) * share),
    replica: String(seat),
  }))
  return { sharing: 'sliced', seats }
}

const NPU_CORES = 8

function coresCard(place: PartPlace, { cores }: Extract<Part, { readonly cores: unknown }>): Card {
  const seats = cores.map(({ range, use }, seat): Seat => {
    const count = coresIn(range).length
    const gigabytes = (place.model.memoryMb / 1024 / NPU_CORES) * count
    const resource = `furiosa_ai_rngd_${count}core_${gigabytes}gb`
    return {
      lane: laneOf(place, { use, seat, cores: count, resource: one(resource) }),
      resource,
      share: count / NPU_CORES,
      memoryMb: gigabytes * 1024,
      coreRange: range,
    }
  })
  return { sharing: 'cores', seats }
}

/** The cores of a range such as `0-3`. */
export function coresIn(range: string): readonly number[] {
  const [first = 0, last = first] = range.split('-').map(Number)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

const BUSES = ['18', '2A', '3A', '5D', '9A', 'AB', 'BA', 'DB']

function buildDevice(
  { maker, faults, place, outages }: DeviceBlueprint,
  { index, model, sharing, seats }: Card & Pick<Device, 'index' | 'model'>,
): Device {
  const seed = hash(maker.nodeSeed, index, 21)
  const here = { ...place, device: index }
  const struck = faults.filter(({ target }) => strikes(target, here))
  return {
    seed,
    index,
    uuid: deviceUuid(model, seed),
    pciBus: BUSES[index] ?? (0x10 + index).toString(16).toUpperCase(),
    model,
    sharing,
    seats,
    losses: faultsOf(struck, 'device_lost'),
    outages,
    reloads: faultsOf(struck, 'counter_reset'),
  }
}

function deviceUuid({ vendor }: DeviceModel, seed: number): string {
  if (vendor === 'nvidia') return `GPU-${uuid(seed)}`
  return vendor === 'furiosa' ? uuid(seed).toUpperCase() : uuid(seed)
}

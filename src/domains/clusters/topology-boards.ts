import { deviceId, type Device, type Partition } from '../../analysis/devices/device.ts'
import { deviceStatus } from '../../analysis/devices/status.ts'
import type { BoardPower } from '../../analysis/power/figures.ts'
import type { Share } from '../../analysis/power/input.ts'
import type { Use } from '../../analysis/topology/graph.ts'
import { statusOf, valueOf, type Found } from '../../services/devices/index.ts'
import { graphNode, ids, type GraphNode, type Known, type PodName } from './topology-known.ts'

/** A container, or a pod as a whole, that holds a board, and where the board is. */
export interface Holder extends PodName {
  readonly container: string | null
  readonly node: string | null
}

export interface Boards {
  readonly things: readonly GraphNode[]
  readonly uses: readonly Use[]
  readonly holders: readonly Holder[]
}

/** The accelerators of a cluster with their partitions, and who holds them. */
export function boardThings(known: Known): Boards {
  const boards = new Map(known.account.boards.map((board) => [board.key, board]))
  const shown = known.devices.map((found) => shownBoard(found, { known, boards }))
  return {
    things: shown.flatMap(({ things }) => things),
    uses: shown.flatMap(({ uses }) => uses),
    holders: shown.flatMap(({ holders }) => holders),
  }
}

interface Context {
  readonly known: Known
  readonly boards: ReadonlyMap<string, BoardPower>
}

function shownBoard(found: Found, { known, boards }: Context): Boards {
  const { device } = found
  const { cluster } = device
  const name = device.node === null ? null : known.nodeName(cluster, device.node)
  const board = boardOf(device, name, boards)
  const node = board?.node ?? name
  const id = ids.accelerator(cluster, deviceId(device))
  const parts = new Set(device.partitions.map(({ partition_id: part }) => part))
  const held = (board?.shares ?? []).flatMap((share) => holderOf(share, node))
  return {
    things: [
      acceleratorThing(found, board, { id, parent: parentOf(cluster, node) }),
      ...device.partitions.map((part) => partitionThing(device, part, id)),
    ],
    uses: held.map(({ holder, partition }) => ({
      holder: holderId(cluster, holder),
      board:
        partition !== null && parts.has(partition)
          ? ids.partition(cluster, deviceId(device), partition)
          : id,
    })),
    holders: held.map(({ holder }) => holder),
  }
}

const parentOf = (cluster: string, node: string | null): string =>
  node === null ? ids.cluster(cluster) : ids.node(cluster, node)

/** The board in the account of power: by its UUID, else by its place in the words of those who tell of it. */
function boardOf(
  device: Device,
  node: string | null,
  boards: ReadonlyMap<string, BoardPower>,
): BoardPower | undefined {
  const { uuid, vendor, index_labels: labels } = device
  const places = labels.map((label) => [node ?? '', vendor ?? '', label].join(':'))
  const keys = uuid === null ? places : [uuid, ...places]
  return keys.map((key) => boards.get(key)).find((board) => board !== undefined)
}

function acceleratorThing(
  found: Found,
  board: BoardPower | undefined,
  place: Pick<GraphNode, 'id' | 'parent'>,
): GraphNode {
  const { kind, device } = found
  const watts = board?.power_watts ?? null
  return graphNode({
    ...place,
    type: 'accelerator',
    label: labelOf(found),
    status: statusOf(kind, device),
    power_watts: watts,
    method: watts === null ? null : board?.basis === 'sensor' ? 'measured' : 'attributed',
    utilization_percent: kind.utilizationOf(device),
    vendor: device.vendor,
    model: device.model,
  })
}

function labelOf({ kind, device }: Found): string {
  const index = device.device_index
  return index === null ? deviceId(device) : `${kind.title} ${index}`
}

/** Nobody measures the watts of a part: those of its board are shared out to its holder. */
function partitionThing(device: Device, part: Partition, parent: string): GraphNode {
  const busy =
    valueOf(part, 'engine_active_percent') ?? valueOf(part, 'npu_utilization_percent') ?? null
  return graphNode({
    id: ids.partition(device.cluster, deviceId(device), part.partition_id),
    type: 'partition',
    parent,
    label: part.profile ?? part.partition_id,
    status: deviceStatus(busy, false),
    utilization_percent: busy,
    vendor: device.vendor,
    model: device.model,
  })
}

function holderOf({ owner, partition }: Share, node: string | null) {
  if (owner?.kind !== 'pod') return []
  const { namespace, pod, container } = owner
  return [{ holder: { namespace, pod, container, node }, partition }]
}

const holderId = (cluster: string, { container, ...pod }: Holder): string =>
  container === null ? ids.pod(cluster, pod) : ids.container(cluster, pod, container)

import { indexOf } from '../../analysis/devices/device.ts'
import { groupBy, keyOf } from '../../analysis/power/group.ts'
import type { Reading } from '../telemetry/index.ts'
import type { NodeOf } from './nodes.ts'
import type { FleetRows } from './parts.ts'

/** What tells the board of a row from all others of its cluster; null for a row that repeats a board nobody can tell. */
export type BoardKeyOf = (row: Reading) => string | null

/**
 * The UUID, else node, vendor and index. Who knows boards by their index only means those that others have a UUID for
 * at the same place. Where others know boards of its vendor on the node, or on nodes that nobody can name, and none at
 * that place, it counts them otherwise, and adding them would count them twice.
 */
export function boardKeysOf(rows: FleetRows, nodeOf: NodeOf): BoardKeyOf {
  const placed = [...rows.gpus, ...rows.npus]
  if (![...placed, ...rows.gpu_power, ...rows.npu_power].some(isUnnamed))
    return (row) => row.labels.uuid ?? placeOf(row, nodeOf)
  const named = placed.filter((row) => !isUnnamed(row))
  const byPlace = new Map(
    named.map((row) => [keyOf(row.cluster, digitalPlace(row, nodeOf)), row.labels.uuid ?? '']),
  )
  const tellers = groupBy(named, (row) => keyOf(row.cluster, row.vendor, nodeOf(row)?.node ?? null))
  const isToldElsewhere = (row: Reading): boolean =>
    [nodeOf(row)?.node ?? null, null].some((node) => {
      const told = tellers.get(keyOf(row.cluster, row.vendor, node)) ?? []
      return told.some(({ source }) => source !== row.source)
    })
  return (row) => {
    const { uuid } = row.labels
    const known = uuid ?? byPlace.get(keyOf(row.cluster, digitalPlace(row, nodeOf)))
    if (known !== undefined) return known
    return isToldElsewhere(row) ? null : placeOf(row, nodeOf)
  }
}

const isUnnamed = ({ labels }: Reading): boolean => labels.uuid === undefined

const placeOf = (row: Reading, nodeOf: NodeOf): string =>
  placeText(row, nodeOf, row.labels.device_index)

/** `nvidia3` and `3` are one place. */
const digitalPlace = (row: Reading, nodeOf: NodeOf): string =>
  placeText(row, nodeOf, indexOf(row.labels.device_index)?.toString())

const placeText = (row: Reading, nodeOf: NodeOf, index: string | undefined): string =>
  [nodeOf(row)?.node ?? row.labels.node ?? '', row.vendor ?? '', index ?? ''].join(':')

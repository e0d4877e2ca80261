import { groupBy, keyOf } from '../power/group.ts'
import { indexOf, type DeviceRow } from './device.ts'

/**
 * The rows that name a board, without those that repeat one nobody can tell: who knows boards by their index only
 * means those of others, where others know any of its vendor on the node; at the same place they are brought together.
 */
export function withoutRepeats<Row extends DeviceRow>(rows: readonly Row[]): readonly Row[] {
  if (!rows.some(isUnnamed)) return rows
  const named = rows.filter((row) => !isUnnamed(row))
  const places = new Set(named.map((row) => keyOf(nodeKey(row), indexIn(row))))
  const tellers = groupBy(named, nodeKey)
  return rows.filter((row) => {
    if (!isUnnamed(row) || places.has(keyOf(nodeKey(row), indexIn(row)))) return true
    return (tellers.get(nodeKey(row)) ?? []).every(({ source }) => source === row.source)
  })
}

const isUnnamed = ({ labels }: DeviceRow): boolean => labels['uuid'] === undefined

const nodeKey = ({ cluster, vendor, labels }: DeviceRow): string =>
  keyOf(cluster, vendor, labels['node'] ?? null)

const indexIn = ({ labels }: DeviceRow): string => String(indexOf(labels['device_index']))

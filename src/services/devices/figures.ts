import type { Device } from '../../analysis/devices/device.ts'
import { statusOf, valueOf, type DeviceKind } from './kinds.ts'

/** A device that was found, and what kind it is of. */
export interface Found {
  readonly kind: DeviceKind
  readonly device: Device
}

/** The figures of a set of devices. A sum covers the boards that report; null where none does. */
export function figuresOf(found: readonly Found[]) {
  const powers = reported(found, powerOf)
  const temperatures = reported(found, ({ kind, device }) => valueOf(device, kind.temperature))
  const allocated = found.filter(({ device }) => device.owners.length > 0)
  const divided = found.filter(({ device }) => device.partitions.length > 0)
  return {
    total: found.length,
    by_status: countStatuses(found),
    power: {
      power_watts: sum(powers),
      power_watts_avg: mean(powers),
      power_watts_max: greatest(powers),
      power_coverage: found.length === 0 ? null : powers.length / found.length,
    },
    utilization_percent_avg: mean(
      reported(found, ({ kind, device }) => kind.utilizationOf(device)),
    ),
    temperature_celsius_avg: mean(temperatures),
    temperature_celsius_max: greatest(temperatures),
    memory: {
      memory_used_mb: sum(reported(found, ({ device }) => valueOf(device, 'memory_used_mb'))),
      memory_total_mb: sum(reported(found, ({ device }) => valueOf(device, 'memory_total_mb'))),
    },
    cores_total: sum(reported(found, ({ device }) => device.cores_total)),
    allocated: allocated.length,
    idle_allocated: allocated.filter(({ kind, device }) => statusOf(kind, device) === 'idle')
      .length,
    partitioned: divided.length,
    partitions: divided.reduce((total, { device }) => total + device.partitions.length, 0),
  }
}

function countStatuses(found: readonly Found[]) {
  const counts = { active: 0, idle: 0, error: 0, unknown: 0 }
  for (const { kind, device } of found) counts[statusOf(kind, device)] += 1
  return counts
}

/** What a group of devices is, how many it has, and their watts. */
export interface Tally<Key> {
  readonly key: Key
  readonly devices: number
  readonly power_watts: number | null
}

/** Counts and watts of each group, the largest group first. */
export function tallyBy<Key extends object>(
  found: readonly Found[],
  keyOf: (found: Found) => Key,
): readonly Tally<Key>[] {
  const groups = new Map<string, { key: Key; members: Found[] }>()
  for (const each of found) {
    const key = keyOf(each)
    const text = JSON.stringify(key)
    const group = groups.get(text) ?? { key, members: [] }
    group.members.push(each)
    groups.set(text, group)
  }
  return [...groups.values()]
    .map(({ key, members }) => ({
      key,
      devices: members.length,
      power_watts: sum(reported(members, powerOf)),
    }))
    .sort((a, b) => b.devices - a.devices)
}

export const byCluster = ({ device: { cluster } }: Found) => ({ cluster })
export const byModel = ({ device: { vendor, model } }: Found) => ({ vendor, model })

const powerOf = ({ device }: Found): number | null => valueOf(device, 'power_watts')

function reported(
  found: readonly Found[],
  read: (found: Found) => number | null,
): readonly number[] {
  return found.map(read).filter((value) => value !== null)
}

const sum = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((total, value) => total + value, 0)

function mean(values: readonly number[]): number | null {
  const total = sum(values)
  return total === null ? null : total / values.length
}

const greatest = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((most, value) => Math.max(most, value))

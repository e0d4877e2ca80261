import type { Device } from '../../analysis/devices/device.ts'
import { statusOf, utilizationOf, valueOf } from './gpu-rows.ts'
import type { GpuSummary } from './schemas.ts'

/** The figures of a set of GPUs. A sum covers the boards that report; null where none does. */
export function summarise(
  devices: readonly Device[],
  kubernetes: GpuSummary['kubernetes'],
): GpuSummary {
  const powers = reported(devices, (device) => valueOf(device, 'power_watts'))
  const temperatures = reported(devices, (device) => valueOf(device, 'gpu_temperature_celsius'))
  const allocated = devices.filter(({ owners }) => owners.length > 0)
  const divided = devices.filter(({ partitions }) => partitions.length > 0)
  return {
    total_gpus: devices.length,
    by_status: countStatuses(devices),
    power_watts: sum(powers),
    power_watts_avg: mean(powers),
    power_watts_max: greatest(powers),
    power_coverage: devices.length === 0 ? null : powers.length / devices.length,
    gpu_utilization_percent_avg: mean(reported(devices, utilizationOf)),
    gpu_temperature_celsius_avg: mean(temperatures),
    gpu_temperature_celsius_max: greatest(temperatures),
    memory_used_mb: sum(reported(devices, (device) => valueOf(device, 'memory_used_mb'))),
    memory_total_mb: sum(reported(devices, (device) => valueOf(device, 'memory_total_mb'))),
    allocated_gpus: allocated.length,
    idle_allocated_gpus: allocated.filter((device) => statusOf(device) === 'idle').length,
    partitioned_gpus: divided.length,
    partitions: divided.reduce((total, { partitions }) => total + partitions.length, 0),
    by_cluster: tally(devices, ({ cluster }) => ({ cluster })),
    by_model: tally(devices, ({ vendor, model }) => ({ vendor, model })),
    kubernetes,
  }
}

function countStatuses(devices: readonly Device[]): GpuSummary['by_status'] {
  const counts = { active: 0, idle: 0, error: 0, unknown: 0 }
  for (const device of devices) counts[statusOf(device)] += 1
  return counts
}

/** Counts and watts of each group, the largest group first. */
function tally<Key extends object>(
  devices: readonly Device[],
  keyOf: (device: Device) => Key,
): (Key & { gpus: number; power_watts: number | null })[] {
  const groups = new Map<string, { key: Key; members: Device[] }>()
  for (const device of devices) {
    const key = keyOf(device)
    const text = JSON.stringify(key)
    const group = groups.get(text) ?? { key, members: [] }
    group.members.push(device)
    groups.set(text, group)
  }
  return [...groups.values()]
    .map(({ key, members }) => ({
      ...key,
      gpus: members.length,
      power_watts: sum(reported(members, (device) => valueOf(device, 'power_watts'))),
    }))
    .sort((a, b) => b.gpus - a.gpus)
}

function reported(
  devices: readonly Device[],
  read: (device: Device) => number | null,
): readonly number[] {
  return devices.map(read).filter((value) => value !== null)
}

const sum = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((total, value) => total + value, 0)

function mean(values: readonly number[]): number | null {
  const total = sum(values)
  return total === null ? null : total / values.length
}

const greatest = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((most, value) => Math.max(most, value))

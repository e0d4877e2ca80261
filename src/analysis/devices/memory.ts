import type { DeviceRow } from './device.ts'

/**
 * The facts of a device with `memory_total_mb` filled in where the source gives only its parts: what is used,
 * free and held back by the driver (dcgm-exporter reports the last from 4.3 on). The live parts are left out:
 * facts are read once an hour.
 */
export function withMemoryTotal(rows: readonly DeviceRow[]): readonly DeviceRow[] {
  return rows.map((row) => ({ ...row, values: factsOf(row.values) }))
}

function factsOf(values: DeviceRow['values']): DeviceRow['values'] {
  const {
    memory_used_mb: used,
    memory_free_mb: free,
    memory_reserved_mb: reserved,
    ...facts
  } = values
  if (facts['memory_total_mb'] !== undefined || used === undefined || free === undefined)
    return facts
  return { ...facts, memory_total_mb: used + free + (reserved ?? 0) }
}

import type { DeviceRow } from './device.ts'

/**
 * The facts of a device with `memory_total_mb` filled in where the source gives only its parts: what is used,
 * free and held back by the driver (dcgm-exporter reports the last from 4.3 on). The live parts are left out:
 * facts are read once an hour.
 */
export function withMemoryTotal(rows: readonly DeviceRow[]): readonly DeviceRow[] {
  return rows.map(({ cluster, source, vendor, labels, values }) => ({
    cluster,
    source,
    vendor,
    labels,
    values: factsOf(values),
  }))
}

const LIVE_PARTS = new Set(['memory_used_mb', 'memory_free_mb', 'memory_reserved_mb'])

function factsOf(values: DeviceRow['values']): DeviceRow['values'] {
  const facts: Partial<Record<string, number>> = {}
  for (const measure in values) {
    const value = values[measure]
    if (value !== undefined && !LIVE_PARTS.has(measure)) facts[measure] = value
  }
  const { memory_used_mb: used, memory_free_mb: free, memory_reserved_mb: reserved } = values
  if (facts['memory_total_mb'] === undefined && used !== undefined && free !== undefined)
    facts['memory_total_mb'] = used + free + (reserved ?? 0)
  return facts
}

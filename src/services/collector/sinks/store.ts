import type { RollupStore } from '../../store/index.ts'
import type { Batch, CollectedRow, Sink } from '../row.ts'

/** Hourly sums in the state store. A batch that is delivered twice counts once. */
export function storeSink(rollups: RollupStore, collector: string): Sink {
  return {
    name: 'store',
    deliver: ({ id, rows }: Batch) =>
      rollups.add({ collector, batch: id, rows: rows.map(rollupOf) }),
    close: () => Promise.resolve(),
  }
}

const HOUR_MS = 3_600_000

function rollupOf(row: CollectedRow) {
  // The interval belongs to the hour in which it ends; one that ends on the hour, to the hour before.
  const hour = Math.floor((Date.parse(row.time) - 1) / HOUR_MS) * HOUR_MS
  return {
    hour: new Date(hour),
    kind: row.kind,
    cluster: row.cluster,
    namespace: row.namespace ?? '',
    name: row.name,
    covered_seconds: row.interval_seconds,
    energy_joules: row.energy_joules,
    cost: row.cost === null ? 0 : row.cost.total,
    currency: row.cost === null ? '' : row.cost.currency,
  }
}

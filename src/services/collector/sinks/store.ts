import type { Now } from '../../../kernel/clock.ts'
import type { RollupStore } from '../../store/index.ts'
import type { Batch, CollectedRow, Sink } from '../row.ts'

export interface StoreOptions {
  readonly rollups: RollupStore
  /** What is older goes. */
  readonly keptDays: number
  readonly now: Now
}

/** Hourly sums in the state store. A batch that is delivered twice, or by two collectors, counts once. */
export function storeSink({ rollups, keptDays, now }: StoreOptions): Sink {
  let forgotten = 0
  const forget = async (): Promise<void> => {
    const time = now().getTime()
    if (time - forgotten < HOUR_MS) return
    await rollups.forget(new Date(time - keptDays * 24 * HOUR_MS))
    forgotten = time
  }
  return {
    name: 'store',
    async deliver({ cluster, end, rows }: Batch) {
      await rollups.add({ cluster, end: new Date(end), rows: rows.map(rollupOf) })
      await forget()
    },
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

import type { Entity, Label } from '../../src/catalogue/entities.ts'
import type { Gauge } from '../../src/catalogue/measures.ts'
import type { NonEmpty } from '../../src/kernel/kind.ts'
import type { Warning } from '../../src/kernel/answer.ts'
import { createFleet } from '../support/fleet.ts'
import { fakeClock } from '../support/test-app.ts'

const clock = fakeClock()

/** What telemetry made of an exposition: rows of labels and values with their source, and what it warned of. */
export interface Readout {
  readonly rows: readonly Readonly<Record<string, string | number>>[]
  readonly warnings: readonly Warning[]
}

/** Asks for measures now. Values are rounded to a millionth, which rates need. */
export async function latest(
  text: string,
  [entity, ...labels]: readonly [Entity, Label, ...Label[]],
  measures: NonEmpty<Gauge>,
): Promise<Readout> {
  const { telemetry } = createFleet({ seoul: text }, clock.now)
  const { rows, warnings } = await telemetry.latest({
    entity,
    labels,
    measures,
    at: clock.now(),
    shelf: 'realtime',
  })
  return {
    rows: rows.map(({ source, labels: named, values }) => ({
      source,
      ...named,
      ...Object.fromEntries(
        Object.entries(values).map(([measure, value]) => [measure, Math.round(value * 1e6) / 1e6]),
      ),
    })),
    warnings,
  }
}

/** Asks which things there are. */
export async function known(
  text: string,
  [entity, ...labels]: readonly [Entity, Label, ...Label[]],
): Promise<Readout['rows']> {
  const { telemetry } = createFleet({ seoul: text }, clock.now)
  const { rows } = await telemetry.known({
    entity,
    labels,
    at: clock.now(),
    shelf: 'static',
  })
  return rows.map(({ source, labels: named }) => ({ source, ...named }))
}

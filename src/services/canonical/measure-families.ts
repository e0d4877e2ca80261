import { MEASURES, type Measure } from '../../catalogue/measures.ts'
import { baseUnitOf } from '../../kernel/units.ts'
import {
  METRIC_NAMES,
  METRICS,
  readSeries,
  thingsOf,
  THINGS,
  type Grouped,
} from '../series/index.ts'
import {
  BASE_SECONDS,
  present,
  type Family,
  type FamilyAsked,
  type FamilyRead,
  type Needs,
} from './family.ts'

const MOST_SAMPLES = 11_000

/** Counters, and the things that have them. */
const COUNTERS = {
  energy_joules: ['gpu', 'npu'],
  cpu_energy_joules: ['node'],
  dram_energy_joules: ['node'],
} as const satisfies Readonly<Partial<Record<Measure, readonly Grouped[]>>>

/** Every measure that can be drawn over time, of each thing that has it. A node's power is that of the account. */
export const MEASURE_FAMILIES: readonly Family[] = [
  ...METRIC_NAMES.flatMap((measure) => METRICS[measure].map((entity) => ({ measure, entity }))),
  ...Object.entries(COUNTERS).flatMap(([measure, entities]) =>
    // The keys are those of the table.
    entities.map((entity) => ({ measure: measure as keyof typeof COUNTERS, entity })),
  ),
]
  .filter(({ measure, entity }) => measure !== 'power_watts' || entity !== 'node')
  .map(familyOf)

interface Measured {
  readonly measure: Measure
  readonly entity: Grouped
}

function familyOf({ measure, entity }: Measured): Family {
  const { kind, dimension, meaning } = MEASURES[measure]
  const name = measure.startsWith(`${entity}_`) ? measure : `${entity}_${measure}`
  const own = THINGS[entity].filter((label) => label !== 'partition_id')
  return {
    name: `kcloud_${name}${kind === 'counter' ? '_total' : ''}`,
    type: kind,
    help: meaning,
    unit: baseUnitOf(dimension),
    labels: ['cluster', ...own, ...(isDevice(entity) ? ['vendor', 'model'] : [])],
    baseSeconds: BASE_SECONDS,
    mostSamples: MOST_SAMPLES,
    read: (needs, asked) => read(needs, asked, { measure, entity }),
  }
}

function isDevice(entity: Grouped): boolean {
  return entity === 'gpu' || entity === 'npu'
}

async function read(
  { telemetry, fleet }: Needs,
  { range, ...asked }: FamilyAsked,
  { measure, entity }: Measured,
): Promise<FamilyRead> {
  const { rows, clusters, warnings } = await readSeries({ telemetry, fleet }, asked, {
    metric: measure,
    entity,
    by: isDevice(entity) ? 'model' : 'cluster',
    range,
    summary: 'last',
    sampleSeconds: BASE_SECONDS,
  })
  const series = thingsOf(rows, measure).map(({ row: { cluster, vendor, labels }, values }) => {
    const { partition_id: _part, ...own } = labels
    return {
      labels: present({ ...own, cluster, vendor: isDevice(entity) ? vendor : null }),
      values,
    }
  })
  return { series, clusters, warnings }
}

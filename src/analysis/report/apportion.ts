import type { Portion } from '../power/figures.ts'
import { groupBy } from '../power/group.ts'
import { drawnWithin, type Drawn, type EnergyProfile, type StepTime } from './profile.ts'

/** Portions whose watts are means over all of a step, and how much of it was read. */
export interface Apportioned {
  readonly portions: readonly Portion[]
  readonly seconds: number
}

/** The portions of a step at the watts that its clusters come to in the finer steps within it. */
export function apportioned(
  portions: readonly Portion[],
  { time, profile }: { readonly time: StepTime; readonly profile: EnergyProfile },
): Apportioned {
  const own = groupBy(portions, ({ cluster }) => cluster)
  const drawn = [...profile.clusters].map(([cluster, watts]) => ({
    cluster,
    parts: own.get(cluster) ?? [],
    ...drawnWithin(profile, watts, time),
  }))
  return {
    portions: drawn.flatMap((each) => partsOf(each, each.joules / time.seconds)),
    seconds: drawn.reduce((most, { seconds }) => Math.max(most, seconds), 0),
  }
}

interface DrawnByCluster extends Drawn {
  readonly cluster: string
  readonly parts: readonly Portion[]
}

function partsOf({ cluster, parts, seconds }: DrawnByCluster, mean: number): readonly Portion[] {
  const whole = parts.reduce((sum, part) => sum + part.power_watts, 0)
  if (seconds === 0) return []
  if (whole === 0) return [ofNobody(cluster, mean)]
  return parts.map((part) => ({ ...part, power_watts: (part.power_watts / whole) * mean }))
}

/** What a cluster drew in a time of which nobody can say who used it. */
const ofNobody = (cluster: string, watts: number): Portion => ({
  cluster,
  node: null,
  resource_type: 'other',
  vendor: null,
  board: null,
  workload: null,
  use: 'unattributed',
  power_watts: watts,
  basis: 'remainder',
  method: 'attributed',
  sources: [],
  node_method: 'attributed',
  node_sources: [],
})

import type { Device } from '../../analysis/devices/device.ts'
import { energyOf } from '../../analysis/power/energy.ts'
import type { Method, Portion, PowerAccount } from '../../analysis/power/figures.ts'
import { gpuUse, type BoardLoad } from '../../analysis/power/gpu-use.ts'
import { distinct } from '../../analysis/power/group.ts'
import { highestKnown, meanKnown, sumKnown } from '../../analysis/power/sum.ts'
import { clusterTotal, type SourcedTotal } from '../../analysis/power/totals.ts'
import { valueOf, type Found } from '../../services/devices/index.ts'
import type { CompareMetric } from './compare-metrics.ts'

/** One figure of one cluster, and how far it can be trusted. */
export interface Figure {
  readonly value: number | null
  readonly method: Method | null
  readonly coverage: number | null
  readonly sources: readonly string[]
}

/** A step of the window: the total of each cluster. */
export type StepTotals = ReadonlyMap<string, SourcedTotal>

/** What the figures are made of, for all clusters at once. */
export interface Compared {
  readonly account: PowerAccount
  readonly portions: readonly Portion[]
  readonly loads: readonly BoardLoad[]
  readonly devices: readonly Found[]
  readonly steps: readonly StepTotals[]
  readonly stepSeconds: number
}

const own = <Thing extends { readonly cluster: string }>(
  things: readonly Thing[],
  cluster: string,
): readonly Thing[] => things.filter((thing) => thing.cluster === cluster)

/** How each metric of a cluster is made. */
export const FIGURES: Readonly<
  Record<CompareMetric, (compared: Compared, cluster: string) => Figure>
> = {
  power({ account }, cluster) {
    const { total_power_watts: value, method, coverage, sources } = clusterTotal(account, cluster)
    return { value, method, coverage, sources }
  },
  energy({ steps, stepSeconds }, cluster) {
    const totals = steps.map((step) => step.get(cluster))
    const watts = totals.map((total) => total?.total_power_watts ?? null)
    const energy = energyOf({ joules: [], watts }, stepSeconds)
    const methods = totals.map((total) => total?.method ?? null)
    return {
      value: energy.energy_joules,
      method: methodOfAll(methods),
      coverage: energy.covered_seconds / energy.window_seconds,
      sources: distinct(totals.flatMap((total) => total?.sources ?? [])),
    }
  },
  utilization: (compared, cluster) =>
    ofDevices(compared, cluster, {
      read: ({ kind, device }) => kind.utilizationOf(device),
      together: meanKnown,
    }),
  temperature: (compared, cluster) =>
    ofDevices(compared, cluster, {
      read: ({ kind, device }) => valueOf(device, kind.temperature),
      together: highestKnown,
    }),
  efficiency({ account, loads }, cluster) {
    const use = gpuUse(own(account.boards, cluster), own(loads, cluster))
    return {
      value: use.utilization_percent_per_watt,
      method: use.utilization_percent_per_watt === null ? null : 'measured',
      coverage: use.boards === 0 ? null : use.related_boards / use.boards,
      sources: use.sources,
    }
  },
  idle_power: idlePower,
  accelerators({ account }, cluster) {
    const boards = own(account.boards, cluster)
    return {
      value: boards.length,
      method: 'measured',
      coverage: null,
      sources: distinct(boards.map(({ source }) => source)),
    }
  },
}

function idlePower({ account, portions }: Compared, cluster: string): Figure {
  const { total_power_watts: total, coverage } = clusterTotal(account, cluster)
  const idle = own(portions, cluster).filter(({ use }) => use === 'idle')
  return {
    value: total === null ? null : (sumKnown(idle.map((portion) => portion.power_watts)) ?? 0),
    method: total === null ? null : 'attributed',
    coverage,
    sources: distinct(idle.flatMap(({ sources }) => sources)),
  }
}

/** What is estimated in part is estimated. */
export function methodOfAll(methods: readonly (Method | null)[]): Method | null {
  return methods.includes('estimated') ? 'estimated' : (methods.find(isKnown) ?? null)
}

const isKnown = (method: Method | null): method is Method => method !== null

interface Reading {
  readonly read: (found: Found) => number | null
  readonly together: (values: readonly (number | null)[]) => number | null
}

/** A figure of the accelerators that report it. */
function ofDevices({ devices }: Compared, cluster: string, { read, together }: Reading): Figure {
  const found = devices.filter(({ device }) => device.cluster === cluster)
  const told = found.filter((each) => read(each) !== null)
  return {
    value: together(told.map(read)),
    method: told.length === 0 ? null : 'measured',
    coverage: found.length === 0 ? null : told.length / found.length,
    sources: distinct(told.flatMap(({ device }) => sourcesOf(device))),
  }
}

const sourcesOf = ({ sources }: Device): readonly string[] => sources

import type { PowerParts } from '../../analysis/power/figures.ts'
import type { Workload } from '../../analysis/power/input.ts'
import { keyOf } from '../../analysis/power/group.ts'
import { meanKnown, stepSums, sumKnown } from '../../analysis/power/sum.ts'
import { wholeWorkload } from '../../analysis/power/shares.ts'
import { powerOfWorkloads } from '../../analysis/power/workload-power.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import {
  NO_PARTS,
  ownersOf,
  powerNow,
  readRecords,
  totalOf,
  type Account,
  type Asked,
  type Needs,
  type Points,
  type TotalAtStep,
} from '../../services/workloads/index.ts'

/** What one workload draws: now, or in the mean of a window. */
export interface Drawn {
  readonly cluster: string
  readonly workload: Workload
  readonly node: string | null
  readonly workload_type: string
  readonly owners: readonly string[]
  readonly sources: readonly string[]
  readonly power_watts: number | null
  readonly parts: PowerParts
  /** Its watts at each step; null for now. */
  readonly steps: Points | null
}

/** Everything that is drawn, by whom. */
export interface AllDrawn {
  readonly drawn: readonly Drawn[]
  readonly total: TotalAtStep
  /** The total at each step; null for now. */
  readonly steps: Points | null
  readonly account: Account
}

/** What all workloads draw now; pods without known watts are there too. */
export async function drawnNow(needs: Needs, asked: Asked): Promise<AllDrawn> {
  const { moment, account, portions, told } = await powerNow(needs, asked, true)
  const powers = powerOfWorkloads(portions, wholeWorkload)
  const labelsOf = new Map(
    moment.pods.map((pod) => [keyOf(pod.cluster, pod.namespace, pod.name), pod] as const),
  )
  const drawing = new Set(powers.map(({ cluster, workload }) => podKey(cluster, workload)))
  const silent = moment.pods
    .filter((pod) => !drawing.has(keyOf(pod.cluster, pod.namespace, pod.name)))
    .map((pod) => ({
      cluster: pod.cluster,
      workload: { kind: 'pod', namespace: pod.namespace, pod: pod.name, container: null } as const,
      power_watts: null,
      parts: NO_PARTS,
      nodes: pod.node === null ? [] : [pod.node.node],
      sources: [],
    }))
  const drawn = [...powers, ...silent].map(({ nodes, ...power }): Drawn => {
    const pod = labelsOf.get(podKey(power.cluster, power.workload))
    return {
      ...power,
      node: pod?.node?.node ?? nodes[0] ?? null,
      workload_type: moment.typeOf(power.workload, power.cluster),
      owners: pod === undefined ? [] : ownersOf(pod),
      steps: null,
    }
  })
  return { drawn, total: totalOf({ account, portions }), steps: null, account: told }
}

const podKey = (cluster: string, workload: Workload): string =>
  workload.kind === 'pod' ? keyOf(cluster, workload.namespace, workload.pod) : ''

/** What all workloads drew over a window, in the mean of the steps at which they did. */
export async function drawnDuring(needs: Needs, asked: Asked, range: TimeRange): Promise<AllDrawn> {
  const { records, totals, ...account } = await readRecords(needs, { ...asked, range, only: null })
  const drawn = records.map((record): Drawn => ({
    cluster: record.cluster,
    workload: record.workload,
    node: record.node,
    workload_type: record.declared_type,
    owners: ownersOf(record),
    sources: record.sources,
    power_watts: meanKnown(record.watts),
    parts: meanParts((type) => record.parts[type]),
    steps: record.watts,
  }))
  const of = (pick: (total: TotalAtStep) => number | null): number | null =>
    meanKnown(totals.map(pick))
  const estimated = totals.some(({ method }) => method === 'estimated')
  const total = {
    total_power_watts: of((one) => one.total_power_watts),
    idle_watts: of((one) => one.idle_watts),
    unattributed_watts: of((one) => one.unattributed_watts),
    coverage: of((one) => one.coverage),
    method: estimated ? ('estimated' as const) : (totals.at(-1)?.method ?? null),
    parts: meanParts((type) => totals.map(({ parts }) => parts[`${type}_watts`])),
    sources: [...new Set(totals.flatMap(({ sources }) => sources))].sort(),
  }
  return { drawn, total, steps: totals.map((one) => one.total_power_watts), account }
}

type Part = 'cpu' | 'dram' | 'gpu' | 'npu' | 'other'

const meanParts = (points: (type: Part) => Points): PowerParts => ({
  cpu_watts: meanKnown(points('cpu')),
  dram_watts: meanKnown(points('dram')),
  gpu_watts: meanKnown(points('gpu')),
  npu_watts: meanKnown(points('npu')),
  other_watts: meanKnown(points('other')),
})

/** Several that draw, together: at each step, in the mean of the steps, and by component. */
export function together(drawn: readonly Drawn[]) {
  const [first] = drawn
  const steps = first?.steps ? stepSums(drawn.map((one) => one.steps ?? [])) : undefined
  const part = (name: keyof PowerParts): number | null =>
    sumKnown(drawn.map(({ parts }) => parts[name]))
  return {
    power_watts:
      steps === undefined ? sumKnown(drawn.map((one) => one.power_watts)) : meanKnown(steps),
    parts: {
      cpu_watts: part('cpu_watts'),
      dram_watts: part('dram_watts'),
      gpu_watts: part('gpu_watts'),
      npu_watts: part('npu_watts'),
      other_watts: part('other_watts'),
    },
    steps: steps ?? null,
  }
}

import { accountPower } from '../power/account.ts'
import type { NodeCounts, PowerAccount } from '../power/figures.ts'
import type { Finding } from '../power/findings.ts'
import { keyOf } from '../power/group.ts'
import type { PowerInput } from '../power/input.ts'
import { fleetTotal } from '../power/totals.ts'
import { emptyProfile, noteWatts, type EnergyProfile, type StepTime } from './profile.ts'
import type { PartName } from './report.ts'

/** Energy that adds up step by step, and the highest step. */
export interface EnergyTally {
  joules: number
  seconds: number
  peakWatts: number | null
  /** When the highest step ended, in unix seconds. */
  peakUntil: number
  peakSeconds: number
}

export interface ClusterTally extends EnergyTally {
  readonly cluster: string
  coverageSeconds: number
  nodeSeconds: number
  nodes: NodeCounts
}

export interface NodeTally extends EnergyTally {
  readonly cluster: string
  readonly node: string
  isEstimated: boolean
  readonly sources: Set<string>
  readonly boards: Set<string>
}

export interface BoardTally extends EnergyTally {
  readonly cluster: string
  readonly key: string
  readonly kind: 'gpu' | 'npu'
  node: string | null
  vendor: string | null
}

/** One step of the whole fleet. */
export interface StepTotal {
  /** Its end, in unix seconds. */
  readonly until: number
  readonly seconds: number
  readonly watts: number | null
  readonly coverage: number | null
  readonly isEstimated: boolean
  readonly parts: Readonly<Record<PartName, number | null>>
}

export interface ExcludedTally {
  count: number
  readonly example: string
}

/** Where the energy of a period went, without who used it. Steps are added in order of time. */
export interface PowerTally {
  readonly steps: StepTotal[]
  readonly clusters: Map<string, ClusterTally>
  readonly nodes: Map<string, NodeTally>
  readonly boards: Map<string, BoardTally>
  readonly sources: Set<string>
  /** Values that cannot be, by cluster. */
  readonly excluded: Map<string, ExcludedTally>
  /** The bucket that is being read; the next one takes its place. */
  profile: EnergyProfile
}

export const emptyTally = (): PowerTally => ({
  steps: [],
  clusters: new Map(),
  nodes: new Map(),
  boards: new Map(),
  sources: new Set(),
  excluded: new Map(),
  profile: emptyProfile(),
})

/** Adds what one step comes to. */
export function addStep(tally: PowerTally, input: PowerInput, time: StepTime): void {
  const account = accountPower(input)
  tally.profile.steps.push(time)
  addTotal(tally, account, time)
  for (const finding of account.findings) addFinding(tally, finding)
  addClusters(tally, account, time)
  addNodes(tally, account, time)
  addBoards(tally, account, time)
}

function addTotal(tally: PowerTally, account: PowerAccount, { until, seconds }: StepTime): void {
  const total = fleetTotal(account)
  for (const source of total.sources) tally.sources.add(source)
  tally.steps.push({
    until,
    seconds,
    watts: total.total_power_watts,
    coverage: total.coverage,
    isEstimated: total.method === 'estimated',
    parts: {
      gpu: total.parts.gpu_watts,
      npu: total.parts.npu_watts,
      cpu: total.parts.cpu_watts,
      dram: total.parts.dram_watts,
      other: total.parts.other_watts,
    },
  })
}

function addFinding({ excluded }: PowerTally, { code, cluster, detail }: Finding): void {
  if (code !== 'implausible_values') return
  const known = excluded.get(cluster)
  if (known === undefined) excluded.set(cluster, { count: 1, example: detail })
  else known.count += 1
}

const NOTHING = { joules: 0, seconds: 0, peakWatts: null, peakUntil: 0, peakSeconds: 0 } as const

/** Adds a mean over a step to the energy of a thing; a step without one is not covered. */
export function addEnergy(tally: EnergyTally, watts: number | null, time: StepTime): void {
  if (watts === null) return
  tally.joules += watts * time.seconds
  tally.seconds += time.seconds
  if (tally.peakWatts !== null && watts <= tally.peakWatts) return
  tally.peakWatts = watts
  tally.peakUntil = time.until
  tally.peakSeconds = time.seconds
}

function addClusters(tally: PowerTally, account: PowerAccount, time: StepTime): void {
  for (const { cluster, nodes, coverage, total_power_watts: watts } of account.by_cluster) {
    const known = entryOf(tally.clusters, cluster, () => ({
      cluster,
      ...NOTHING,
      coverageSeconds: 0,
      nodeSeconds: 0,
      nodes,
    }))
    addEnergy(known, watts, time)
    noteWatts(tally.profile, tally.profile.clusters, { key: cluster, watts })
    known.nodes = nodes
    if (coverage === null) continue
    known.coverageSeconds += coverage * time.seconds
    known.nodeSeconds += time.seconds
  }
}

function addNodes(tally: PowerTally, account: PowerAccount, time: StepTime): void {
  for (const { cluster, node, method, sources, power_watts: watts } of account.by_node) {
    const known = entryOf(tally.nodes, keyOf(cluster, node), () => ({
      cluster,
      node,
      ...NOTHING,
      isEstimated: false,
      sources: new Set<string>(),
      boards: new Set<string>(),
    }))
    addEnergy(known, watts, time)
    if (method === 'estimated') known.isEstimated = true
    for (const source of sources) known.sources.add(source)
  }
}

function addBoards(tally: PowerTally, account: PowerAccount, time: StepTime): void {
  for (const { cluster, key, kind, node, vendor, power_watts: watts } of account.boards) {
    const known = entryOf(tally.boards, keyOf(cluster, key), () => ({
      cluster,
      key,
      kind,
      node,
      vendor,
      ...NOTHING,
    }))
    addEnergy(known, watts, time)
    noteWatts(tally.profile, tally.profile.boards, { key: keyOf(cluster, key), watts })
    known.node ??= node
    known.vendor ??= vendor
    if (node !== null) tally.nodes.get(keyOf(cluster, node))?.boards.add(key)
  }
}

/** The entry of a key, made where there is none. */
export function entryOf<Entry>(entries: Map<string, Entry>, key: string, make: () => Entry): Entry {
  const known = entries.get(key)
  if (known !== undefined) return known
  const made = make()
  entries.set(key, made)
  return made
}

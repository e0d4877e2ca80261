import type {
  Board,
  ComponentReading,
  NodeReading,
  Share,
  Workload,
  WorkloadUse,
} from '../../../src/analysis/power/input.ts'

/** Rows of one node of one cluster, as tests write them. */
const AT = { cluster: 'seoul', node: 'gpu-1' } as const

export const nodeReading = (
  source: NodeReading['source'],
  watts: number,
  more: Partial<NodeReading> = {},
): NodeReading => ({ ...AT, source, watts, part: null, powered: null, ...more })

export const zone = (
  name: ComponentReading['zone'],
  watts: number,
  more: Partial<ComponentReading> = {},
): ComponentReading => ({ ...AT, zone: name, source: 'kepler', part: null, watts, ...more })

export const board = (key: string, watts: number | null, more: Partial<Board> = {}): Board => ({
  ...AT,
  key,
  watts,
  kind: 'gpu',
  vendor: 'nvidia',
  source: 'dcgm',
  limit_watts: null,
  idle_watts: null,
  module: null,
  includes_cpu: false,
  slices: null,
  shares: [],
  ...more,
})

export const pod = (name: string, container: string | null = null): Workload => ({
  kind: 'pod',
  namespace: 'team',
  pod: name,
  container,
})

export const share = (owner: Workload | null, more: Partial<Share> = {}): Share => ({
  owner,
  partition: null,
  slices: null,
  activity: null,
  ...more,
})

/** The MIG instance of a profile such as `3g.20gb`, and who holds it. */
export const instance = (
  owner: Workload | null,
  slices: number,
  more: Partial<Share> = {},
): Share => share(owner, { slices, partition: `${slices}g of ${JSON.stringify(owner)}`, ...more })

export const use = (workload: Workload, more: Partial<WorkloadUse> = {}): WorkloadUse => ({
  ...AT,
  workload,
  source: 'kepler',
  cpu_watts: null,
  dram_watts: null,
  cpu_share: null,
  reserved_share: null,
  ...more,
})

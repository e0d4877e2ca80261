import type { NonEmpty } from '../kernel/kind.ts'
import { DEMO_GUESTS, type GuestPlan } from './guest-plans.ts'
import type { MigProfileName, ModelName, Role } from './models.ts'
import type { WorkloadKind } from './workloads.ts'

/** Who uses some of a node's cards: one kind of workload, or nobody. */
export type Use = WorkloadKind | 'free'

/**
 * What becomes of the next cards of a node. `cards`: given whole to one pod at a time, which may be a replica of a
 * job that spans the nodes of its group (`gang`). `mig`: one card in instances. `sliced`: one card that several
 * pods share in turns. `cores`: one NPU in ranges of cores.
 */
export type Part =
  | { readonly cards: number; readonly use: Use; readonly gang?: boolean }
  | { readonly mig: NonEmpty<{ readonly profile: MigProfileName; readonly use: Use }> }
  | { readonly sliced: NonEmpty<Use> }
  | { readonly cores: NonEmpty<{ readonly range: string; readonly use: Use }> }

/** Equal nodes. Their layouts are taken in turn; cards that a layout leaves over are free. */
export interface NodeGroup {
  readonly role: Role
  readonly count: number
  /** Its accelerators, where it has any. */
  readonly devices?: { readonly model: ModelName; readonly count: number }
  readonly layouts: NonEmpty<readonly Part[]>
  /** The virtual machines of its nodes, which are taken in turn like the layouts. */
  readonly guests?: NonEmpty<readonly GuestPlan[]>
}

/**
 * How DCGM's series look in the cluster's Prometheus. `hostname`: which of the two labels names the node.
 * `exporterLabels`: whether targets carry the labels of the exporter's own pod, as those found through
 * Kubernetes do. `honorLabels`: whether the exporter's labels win over them; if not, its own become `exported_*`.
 */
export interface DcgmEra {
  readonly hostname: 'Hostname' | 'hostname'
  readonly exporterLabels: boolean
  readonly honorLabels: boolean
  readonly driverVersion: string
  /** Whether the optional power limit and memory size are collected. */
  readonly extraCounters: boolean
}

/** A cluster before it is built. */
export interface ClusterPlan {
  readonly name: string
  readonly region: string
  readonly description: string
  readonly groups: readonly NodeGroup[]
  /**
   * Pods without accelerators: on each CPU node, and on each node with accelerators. A hypervisor has two, which
   * are its agents.
   */
  readonly servicePods: { readonly cpu: number; readonly accelerated: number }
  readonly scrapeSeconds: number
  readonly dcgm: DcgmEra
  /** Whether Kepler runs there. */
  readonly kepler: boolean
  /** Whether its kubelets and its machines are scraped. */
  readonly watchesMachines: boolean
  /** How its BMCs name their sensors, and whether their targets say which node they belong to. */
  readonly bmc: { readonly dialect: 'dell' | 'supermicro'; readonly namesNode: boolean }
  /** Whether its Furiosa exporter is one that reports the card's memory. */
  readonly furiosaMemory: boolean
}

/** A layout for any number of cards: training, serving, a notebook, batch, one reserved and idle, one free. */
export const MIXED: readonly Part[] = [
  { cards: 2, use: 'training' },
  { cards: 1, use: 'serving' },
  { cards: 1, use: 'serving' },
  { cards: 1, use: 'interactive' },
  { cards: 1, use: 'batch' },
  { cards: 1, use: 'reserved' },
]

const GANG: readonly Part[] = [{ cards: 8, use: 'training', gang: true }]

const SMALL_MIG: Part = {
  mig: [
    { profile: '3g.20gb', use: 'serving' },
    { profile: '2g.10gb', use: 'batch' },
    { profile: '1g.5gb', use: 'interactive' },
    { profile: '1g.5gb', use: 'free' },
  ],
}
const SEVENTHS: Part = {
  mig: [
    { profile: '1g.5gb', use: 'interactive' },
    { profile: '1g.5gb', use: 'interactive' },
    { profile: '1g.5gb', use: 'serving' },
    { profile: '1g.5gb', use: 'serving' },
    { profile: '1g.5gb', use: 'batch' },
    { profile: '1g.5gb', use: 'reserved' },
    { profile: '1g.5gb', use: 'free' },
  ],
}
const LARGE_MIG: Part = {
  mig: [
    { profile: '3g.40gb', use: 'serving' },
    { profile: '2g.20gb', use: 'interactive' },
    { profile: '1g.10gb', use: 'batch' },
    { profile: '1g.10gb', use: 'serving' },
  ],
}
const UNSHARED: Part = { sliced: ['free', 'free', 'free', 'free'] }
/** Time slicing is set for a whole node: each of its eight cards has four turns. */
const SLICED: readonly Part[] = [
  { sliced: ['serving', 'interactive', 'interactive', 'batch'] },
  { sliced: ['interactive', 'interactive', 'free', 'free'] },
  { sliced: ['serving', 'serving', 'reserved', 'free'] },
  { sliced: ['batch', 'free', 'free', 'free'] },
  UNSHARED,
  UNSHARED,
  UNSHARED,
  UNSHARED,
]
const NPU_WHOLE: readonly Part[] = [
  { cards: 2, use: 'serving' },
  { cards: 1, use: 'serving' },
  { cards: 1, use: 'batch' },
]
const NPU_CORES: readonly Part[] = [
  { cards: 1, use: 'serving' },
  {
    cores: [
      { range: '0-3', use: 'serving' },
      { range: '4-7', use: 'batch' },
    ],
  },
]

const PLAIN_GROUPS = {
  cpu: (count: number): NodeGroup => ({ role: 'cpu', count, layouts: [[]] }),
  control: (count: number): NodeGroup => ({ role: 'control_plane', count, layouts: [[]] }),
  hypervisors: (count: number): NodeGroup => ({
    role: 'hypervisor',
    count,
    layouts: [[]],
    guests: DEMO_GUESTS,
  }),
}

/** Three clusters of different size, hardware and monitoring habits. Node names repeat from one to the next. */
export const DEMO_CLUSTERS: NonEmpty<ClusterPlan> = [
  {
    name: 'seoul',
    region: 'ap-northeast-2',
    description: 'Training and serving on H100, Furiosa and Rebellions NPUs',
    groups: [
      {
        role: 'gpu',
        count: 6,
        devices: { model: 'h100', count: 8 },
        layouts: [GANG, GANG, MIXED, [LARGE_MIG, ...MIXED]],
      },
      {
        role: 'npu',
        count: 2,
        devices: { model: 'rngd', count: 8 },
        layouts: [NPU_WHOLE, NPU_CORES],
      },
      { role: 'npu', count: 1, devices: { model: 'atom', count: 4 }, layouts: [NPU_WHOLE] },
      PLAIN_GROUPS.cpu(4),
      PLAIN_GROUPS.control(3),
    ],
    servicePods: { cpu: 18, accelerated: 4 },
    scrapeSeconds: 30,
    dcgm: {
      hostname: 'Hostname',
      exporterLabels: false,
      honorLabels: true,
      driverVersion: '570.86.15',
      extraCounters: true,
    },
    kepler: true,
    watchesMachines: true,
    bmc: { dialect: 'dell', namesNode: true },
    furiosaMemory: false,
  },
  {
    name: 'busan',
    region: 'ap-northeast-2',
    description:
      'Shared cards: A100 in MIG instances, L40S in time slices; virtual machines by OpenStack',
    groups: [
      {
        role: 'gpu',
        count: 2,
        devices: { model: 'a100', count: 8 },
        layouts: [[SMALL_MIG, SEVENTHS, ...MIXED]],
      },
      { role: 'gpu', count: 1, devices: { model: 'l40s', count: 8 }, layouts: [SLICED] },
      { role: 'npu', count: 1, devices: { model: 'atom', count: 8 }, layouts: [NPU_WHOLE] },
      PLAIN_GROUPS.cpu(2),
      PLAIN_GROUPS.control(1),
      PLAIN_GROUPS.hypervisors(2),
    ],
    servicePods: { cpu: 14, accelerated: 3 },
    scrapeSeconds: 30,
    dcgm: {
      hostname: 'hostname',
      exporterLabels: true,
      honorLabels: true,
      driverVersion: '580.95.05',
      extraCounters: true,
    },
    kepler: true,
    watchesMachines: true,
    bmc: { dialect: 'supermicro', namesNode: true },
    furiosaMemory: false,
  },
  {
    name: 'daejeon',
    region: 'kr-central-1',
    description: 'Research on H200 and Furiosa RNGD',
    groups: [
      { role: 'gpu', count: 2, devices: { model: 'h200', count: 8 }, layouts: [MIXED, GANG] },
      { role: 'npu', count: 1, devices: { model: 'rngd', count: 4 }, layouts: [NPU_CORES] },
      PLAIN_GROUPS.cpu(1),
      PLAIN_GROUPS.control(1),
    ],
    servicePods: { cpu: 12, accelerated: 3 },
    scrapeSeconds: 30,
    dcgm: {
      hostname: 'Hostname',
      exporterLabels: true,
      honorLabels: false,
      driverVersion: '565.57.01',
      extraCounters: false,
    },
    kepler: false,
    watchesMachines: false,
    bmc: { dialect: 'dell', namesNode: false },
    furiosaMemory: true,
  },
]

/** How large a cluster for measurements is. */
export interface Sizes {
  readonly name: string
  readonly nodes: number
  readonly gpusPerNode: number
  /** All pods, those on cards included, as near as they spread evenly. */
  readonly pods: number
}

/** A cluster of equal GPU nodes, of any size. */
export function sizedCluster({ name, nodes, gpusPerNode, pods }: Sizes): ClusterPlan {
  const devices = { model: 'h100', count: gpusPerNode } as const
  const onCards = Math.min(MIXED.length, gpusPerNode)
  return {
    name,
    region: 'lab',
    description: `${nodes} nodes of ${gpusPerNode} GPUs`,
    groups: [{ role: 'gpu', count: nodes, devices, layouts: [MIXED] }],
    servicePods: { cpu: 0, accelerated: Math.max(0, Math.round(pods / nodes) - onCards) },
    scrapeSeconds: 15,
    dcgm: {
      hostname: 'Hostname',
      exporterLabels: false,
      honorLabels: true,
      driverVersion: '570.86.15',
      extraCounters: true,
    },
    kepler: false,
    watchesMachines: false,
    bmc: { dialect: 'dell', namesNode: true },
    furiosaMemory: false,
  }
}

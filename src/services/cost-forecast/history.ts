import type { Ran } from '../../analysis/forecast/cost-model.ts'
import { controllerOf } from '../../analysis/workloads/controller.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import {
  amountsIn,
  partsOfWorkload,
  readPods,
  textIn,
  type Amounts,
  type Needs,
  type PodFacts,
} from '../workloads/index.ts'

export type HistoryNeeds = Needs

interface Asked {
  readonly at: Date
  readonly signal: AbortSignal
}

export interface RanWorkloads extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly rows: readonly Ran[]
  readonly heard: readonly string[]
}

/** How long before now workloads are looked at. */
const LOOKS_HOURS = [0, 12, 24]
const MOST_ROWS = 3000

/** The workloads of the last day that said what they ask for and whose power is known. */
export async function readRan(needs: HistoryNeeds, { at, signal }: Asked): Promise<RanWorkloads> {
  const rows: Ran[] = []
  const accounts: Pick<Answer<never>, 'clusters' | 'warnings'>[] = []
  for (const hours of LOOKS_HOURS) {
    const then = new Date(at.getTime() - hours * 3_600_000)
    const { pods, account } = await readPods(needs, { clusters: undefined, at: then, signal })
    accounts.push(account)
    rows.push(...pods.flatMap(ranOf))
  }
  const [now = { clusters: [], warnings: [] }] = accounts
  const { clusters } = combine(accounts)
  const heard = now.clusters
    .filter(({ status }) => status === 'ok' || status === 'partial')
    .map(({ name }) => name)
  return {
    clusters,
    warnings: now.warnings,
    heard: [...heard].sort(),
    rows: rows.slice(0, MOST_ROWS),
  }
}

function ranOf(pod: PodFacts): readonly Ran[] {
  const { power } = pod
  if (power === undefined) return []
  const asked = amountsIn(pod.rows('amounts'), 'resource_requested')
  if (asked.cpu_cores === null) return []
  const parts = partsOfWorkload(power)
  const accelerators = (parts.gpu_watts ?? 0) + (parts.npu_watts ?? 0)
  const devices = devicesIn(asked)
  // A board whose power is not known, or one that nobody asked for, says nothing of what was asked for.
  const isAsked = devices.gpu_count + devices.npu_count > 0
  if (isAsked !== accelerators > 0) return []
  return [
    {
      workload: nameOf(pod),
      cpu_cores: asked.cpu_cores,
      memory_gb: (asked.memory_mb ?? 0) / 1024,
      ...devices,
      compute_watts: Math.max(0, power.power_watts - accelerators),
      accelerator_watts: accelerators,
    },
  ]
}

/** All replicas of one controller are one workload. */
function nameOf({ cluster, namespace, pod, rows }: PodFacts): string {
  const owners = [...rows('owners'), ...rows('infos')]
  const labels = {
    owner_kind: textIn(owners, 'owner_kind') ?? undefined,
    owner_name: textIn(owners, 'owner_name') ?? undefined,
  }
  return `${cluster}/${namespace}/${controllerOf(labels)?.name ?? pod}`
}

const GPU = /gpu|mig-/i
const NPU = /npu|furiosa|rebellions|atom|ascend|tpu|mlu|gaudi/i

function devicesIn({ resources }: Amounts): Pick<Ran, 'gpu_count' | 'npu_count'> {
  const sum = (isIt: (name: string) => boolean): number =>
    Object.entries(resources)
      .filter(([name]) => isIt(name))
      .reduce((all, [, count]) => all + count, 0)
  const isNpu = (name: string): boolean => NPU.test(name)
  return { npu_count: sum(isNpu), gpu_count: sum((name) => GPU.test(name) && !isNpu(name)) }
}

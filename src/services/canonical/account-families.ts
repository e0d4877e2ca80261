import type { Portion, PowerAccount } from '../../analysis/power/figures.ts'
import { accountOf, type Moment } from '../fleet/index.ts'
import {
  BASE_SECONDS,
  present,
  type Family,
  type FamilyAsked,
  type FamilyRead,
  type FamilySeries,
  type Needs,
} from './family.ts'

/** Each sample is accounted by itself. */
const MOST_SAMPLES = 2000
const common = { type: 'gauge', baseSeconds: BASE_SECONDS, mostSamples: MOST_SAMPLES } as const

type Labelled = readonly [labels: FamilySeries['labels'], value: number]

/** The accounts of the fleet's power, every watt once. */
export const ACCOUNT_FAMILIES: readonly Family[] = [
  {
    ...common,
    name: 'kcloud_power_watts',
    help: 'Power of each node by its most trusted meter; boards whose node has none stand for themselves. The sum is the power of the fleet, every watt once.',
    unit: 'watts',
    labels: ['cluster', 'node'],
    read: (needs, asked) => portions(needs, asked, { workloads: false, labelsOf: nodeOf }),
  },
  {
    ...common,
    name: 'kcloud_component_power_watts',
    help: 'The same power by component: cpu, dram, gpu, npu and what is left of a node. The sum is that of kcloud_power_watts.',
    unit: 'watts',
    labels: ['cluster', 'node', 'component'],
    read: (needs, asked) =>
      portions(needs, asked, {
        workloads: false,
        labelsOf: (portion) => ({ ...nodeOf(portion), component: portion.resource_type }),
      }),
  },
  {
    ...common,
    name: 'kcloud_workload_power_watts',
    help: 'The same power by who uses it: pods, virtual machines, and what is idle or unattributed. The sum is that of kcloud_power_watts.',
    unit: 'watts',
    labels: ['cluster', 'node', 'use', 'namespace', 'pod', 'vm'],
    read: (needs, asked) =>
      portions(needs, asked, {
        workloads: true,
        labelsOf: (portion) => ({
          ...nodeOf(portion),
          use: portion.use,
          ...(portion.workload?.kind === 'pod'
            ? { namespace: portion.workload.namespace, pod: portion.workload.pod }
            : { vm: portion.workload?.vm }),
        }),
      }),
  },
  {
    ...common,
    name: 'kcloud_coverage_ratio',
    help: 'Share of the known nodes of a cluster whose power is measured, 0 to 1. Below 1 the power is too low.',
    unit: 'ratio',
    labels: ['cluster'],
    read: (needs, asked) =>
      accounts(needs, asked, ({ by_cluster: clusters }) =>
        clusters.flatMap(({ cluster, coverage }): Labelled[] =>
          coverage === null ? [] : [[{ cluster }, coverage]],
        ),
      ),
  },
  {
    ...common,
    name: 'kcloud_nodes',
    help: 'Nodes by whether their power is measured, estimated, or neither.',
    unit: 'count',
    labels: ['cluster', 'state'],
    read: (needs, asked) =>
      accounts(needs, asked, ({ by_cluster: clusters }) =>
        clusters.flatMap(({ cluster, nodes: { known, measured, estimated } }): Labelled[] => [
          [{ cluster, state: 'measured' }, measured],
          [{ cluster, state: 'estimated' }, estimated],
          [{ cluster, state: 'unknown' }, known - measured - estimated],
        ]),
      ),
  },
]

const nodeOf = ({ cluster, node }: Portion) => ({ cluster, node })

interface Portioning {
  readonly workloads: boolean
  readonly labelsOf: (portion: Portion) => Readonly<Record<string, string | null | undefined>>
}

function portions(needs: Needs, asked: FamilyAsked, { workloads, labelsOf }: Portioning) {
  return overTime(needs, { ...asked, workloads }, (moment) => {
    const { portions: all } = accountOf(moment, { workloads: true })
    return all.map((portion) => [present(labelsOf(portion)), portion.power_watts] as const)
  })
}

function accounts(
  needs: Needs,
  asked: FamilyAsked,
  read: (account: PowerAccount) => readonly Labelled[],
) {
  return overTime(needs, { ...asked, workloads: false }, (moment) =>
    read(accountOf(moment, { workloads: false }).account),
  )
}

/** Values with the same labels are one sum, sample by sample. */
async function overTime(
  { fleet }: Needs,
  asked: FamilyAsked & { readonly workloads: boolean },
  read: (moment: Moment) => readonly Labelled[],
): Promise<FamilyRead> {
  const question = { ...asked, summary: 'last', sampleSeconds: BASE_SECONDS, details: [] } as const
  const { results, clusters, warnings } = await fleet.during(question, (moment) => {
    const sums = new Map<string, Labelled>()
    for (const [labels, value] of read(moment)) {
      const key = JSON.stringify(labels)
      sums.set(key, [labels, (sums.get(key)?.[1] ?? 0) + value])
    }
    return sums
  })
  const all = new Map(results.flatMap((step) => [...step].map(([key, [labels]]) => [key, labels])))
  const series = [...all].map(([key, labels]) => ({
    labels,
    values: results.map((step) => step.get(key)?.[1] ?? null),
  }))
  return { series, clusters, warnings }
}

import { accountPower } from '../../analysis/power/account.ts'
import { attributePower } from '../../analysis/power/attribution.ts'
import type {
  ClusterPower,
  Portion,
  PowerAccount,
  PowerParts,
  PowerTotal,
  ResourceType,
} from '../../analysis/power/figures.ts'
import type { Finding } from '../../analysis/power/findings.ts'
import { groupBy } from '../../analysis/power/group.ts'
import type { IdlePolicy, PowerInput } from '../../analysis/power/input.ts'
import { sumKnown } from '../../analysis/power/sum.ts'
import type { Moment } from './assemble.ts'

/** Every watt of a moment that may be seen, and who uses it. */
export interface Accounted {
  readonly account: PowerAccount
  /** Empty where it was not asked. */
  readonly portions: readonly Portion[]
  readonly findings: readonly Finding[]
}

interface Accounting {
  /** Whether it is asked who uses the watts. */
  readonly workloads: boolean
  readonly idle?: IdlePolicy | undefined
}

/**
 * One moment as an account and, where it is asked, as portions. Of a cluster that is seen in part nothing is left but
 * the portions of the workloads that are seen: they are made out of the whole, and everything else stays here.
 */
export function accountOf(moment: Moment, { workloads, idle }: Accounting): Accounted {
  const { seen, input, uses } = moment
  const all = accountPower(input)
  if (seen === null && !workloads) return { account: all, portions: [], findings: all.findings }
  const { portions, findings } = attributePower(all, uses, idle)
  if (seen === null) return { account: all, portions, findings: [...all.findings, ...findings] }
  const isWhole = ({ cluster }: { readonly cluster: string }): boolean => seen.isWhole(cluster)
  const own = portions.filter(
    (portion) => isWhole(portion) || seen.sees(portion.cluster, portion.workload),
  )
  const shares = own.filter((portion) => !isWhole(portion))
  return {
    account: withShares(accountPower(inputOf(input, isWhole)), shares),
    portions: workloads ? own : [],
    findings: [...all.findings, ...(workloads ? findings : [])].filter(isWhole),
  }
}

function inputOf(
  { nodes, readings, components, boards }: PowerInput,
  isMeant: (thing: { readonly cluster: string }) => boolean,
): PowerInput {
  return {
    nodes: nodes.filter(isMeant),
    readings: readings.filter(isMeant),
    components: components.filter(isMeant),
    boards: boards.filter(isMeant),
  }
}

/** What is seen whole, with shares of what is seen in part. */
function withShares(whole: PowerAccount, shares: readonly Portion[]): PowerAccount {
  const own = totalOf(shares)
  const byCluster = [...groupBy(shares, ({ cluster }) => cluster)]
  return {
    ...whole,
    total_power_watts: sumKnown([whole.total_power_watts, own.total_power_watts]),
    parts: addedParts(whole.parts, own.parts),
    by_cluster: [
      ...whole.by_cluster,
      ...byCluster.map(([cluster, part]): ClusterPower => ({ cluster, ...totalOf(part) })),
    ],
    shares,
  }
}

const NO_NODES = { known: 0, measured: 0, estimated: 0 }

function totalOf(portions: readonly Portion[]): PowerTotal {
  const of = (type: ResourceType): number | null =>
    sumOfSome(portions.filter((portion) => portion.resource_type === type))
  return {
    total_power_watts: sumOfSome(portions),
    coverage: null,
    parts: {
      cpu_watts: of('cpu'),
      dram_watts: of('dram'),
      gpu_watts: of('gpu'),
      npu_watts: of('npu'),
      other_watts: of('other'),
    },
    nodes: NO_NODES,
  }
}

const sumOfSome = (portions: readonly Portion[]): number | null =>
  sumKnown(portions.map(({ power_watts: watts }) => watts))

function addedParts(some: PowerParts, others: PowerParts): PowerParts {
  return {
    cpu_watts: sumKnown([some.cpu_watts, others.cpu_watts]),
    dram_watts: sumKnown([some.dram_watts, others.dram_watts]),
    gpu_watts: sumKnown([some.gpu_watts, others.gpu_watts]),
    npu_watts: sumKnown([some.npu_watts, others.npu_watts]),
    other_watts: sumKnown([some.other_watts, others.other_watts]),
  }
}

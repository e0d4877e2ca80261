import { accountPower } from '../../analysis/power/account.ts'
import { attributePower } from '../../analysis/power/attribution.ts'
import type { BoardPower, Portion, PowerAccount } from '../../analysis/power/figures.ts'
import { groupBy } from '../../analysis/power/group.ts'
import { sumKnown } from '../../analysis/power/sum.ts'
import { clusterTotal, fleetTotal } from '../../analysis/power/totals.ts'
import type { Scope, ScalingTarget } from '../../analysis/scaling/policy.ts'
import type { ReplicaPower, ScalingReading } from '../../analysis/scaling/situation.ts'
import { isMadeBy } from '../../analysis/workloads/controller.ts'
import { isComplete, type Answer } from '../../kernel/answer.ts'
import type { Moment, Pod } from '../fleet/index.ts'

/** A reading with the replicas that it counts. */
export interface TargetReading {
  readonly reading: ScalingReading
  readonly replicas: readonly ReplicaPower[]
}

/** A moment of a fleet that is accounted once, for all policies that look at it. */
export interface AccountedMoment extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly pods: readonly Pod[]
  readonly account: PowerAccount
  readonly portions: readonly Portion[]
}

/** Everything of a moment that policies look at. */
export function accountMoment(
  { input, uses, pods }: Pick<Moment, 'input' | 'uses' | 'pods'>,
  told: Pick<Answer<never>, 'clusters' | 'warnings'>,
): AccountedMoment {
  const account = accountPower(input)
  return { ...told, pods, account, portions: attributePower(account, uses).portions }
}

/** No reading at all. */
export const NO_READING: TargetReading = {
  reading: {
    power_watts: null,
    coverage: null,
    complete: false,
    stale: false,
    replicas: null,
    workload_power_watts: null,
  },
  replicas: [],
}

/** What a moment says of a target, and of what its budget is for. */
export function readTarget(
  moment: AccountedMoment,
  { scope, target }: { readonly scope: Scope; readonly target: ScalingTarget },
): TargetReading {
  const replicas = replicasOf(moment, target)
  const isKnown = moment.pods.some(({ cluster, listed }) => cluster === target.cluster && listed)
  const unknown = replicas.filter(({ power_watts: watts }) => watts === null).length
  const whole = sumKnown(replicas.map(({ power_watts: watts }) => watts))
  // Of no replicas it is known what they draw.
  const watts = isKnown && replicas.length === 0 ? 0 : whole
  const own = replicas.length === 0 ? 1 : 1 - unknown / replicas.length
  const total = totalOf(moment.account, scope, target)
  return {
    replicas,
    reading: {
      power_watts: scope === 'workload' ? watts : total.total_power_watts,
      coverage: scope === 'workload' ? own : lower(own, total.coverage),
      complete: isComplete(moment),
      stale: isStale(moment, { scope, target }),
      replicas: isKnown ? replicas.length : null,
      // A sum that lacks some of them would make each look smaller than it is.
      workload_power_watts: unknown > 0 ? null : watts,
    },
  }
}

function totalOf(account: PowerAccount, scope: Scope, { cluster }: ScalingTarget) {
  return scope === 'fleet' ? fleetTotal(account) : clusterTotal(account, cluster)
}

const lower = (a: number, b: number | null): number | null => (b === null ? null : Math.min(a, b))

function isStale(
  { warnings }: AccountedMoment,
  { scope, target }: { readonly scope: Scope; readonly target: ScalingTarget },
): boolean {
  return warnings.some(
    ({ code, cluster }) =>
      code === 'stale_data' &&
      (scope === 'fleet' || cluster === undefined || cluster === target.cluster),
  )
}

/** The running pods of a target, with what each draws. */
function replicasOf(moment: AccountedMoment, target: ScalingTarget): readonly ReplicaPower[] {
  const { pods, portions, account } = moment
  const own = pods.filter((pod) => pod.running && isMadeBy(pod, target))
  const drawn = groupBy(
    portions.filter(({ cluster }) => cluster === target.cluster),
    ({ workload }) => podOf(workload, target.namespace),
  )
  const silent = silentHolders(account.boards, target)
  return own.map(({ name }) => ({
    pod: name,
    power_watts: silent.has(name)
      ? null
      : sumKnown((drawn.get(name) ?? []).map(({ power_watts: watts }) => watts)),
  }))
}

const podOf = (workload: Portion['workload'], namespace: string): string =>
  workload?.kind === 'pod' && workload.namespace === namespace ? workload.pod : ''

/** The pods that hold a board which nobody measures: what they draw is not known. */
function silentHolders(
  boards: readonly BoardPower[],
  { cluster, namespace }: ScalingTarget,
): ReadonlySet<string> {
  const silent = boards.filter(
    (board) => board.cluster === cluster && board.power_watts === null && board.shares !== null,
  )
  const owners = silent.flatMap(({ shares }) => (shares ?? []).map(({ owner }) => owner))
  return new Set(owners.map((owner) => podOf(owner, namespace)))
}

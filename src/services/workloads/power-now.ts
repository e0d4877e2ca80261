import type {
  Method,
  NodePower,
  Portion,
  PowerAccount,
  PowerParts,
} from '../../analysis/power/figures.ts'
import { warningsOf } from '../../analysis/power/findings.ts'
import {
  accountOf,
  type Accounted,
  type FleetPower,
  type FleetQuestion,
  type Moment,
} from '../fleet/index.ts'
import type { Account, Asked, Needs } from './asked.ts'

/** The watts of one thing, and how they were had. */
export interface Watts {
  readonly power_watts: number | null
  readonly power_source: string | null
  readonly power_method: Method | null
}

const NO_WATTS: Watts = { power_watts: null, power_source: null, power_method: null }

/** Every watt of the asked clusters, accounted as all routes of power do. */
export interface PowerNow {
  readonly moment: FleetPower
  readonly account: PowerAccount
  /** Who uses the watts; empty where that was not asked. */
  readonly portions: readonly Portion[]
  /** Who was asked, with what the accounting found. */
  readonly told: Account
}

/** The power of the asked clusters now; with `workloads` also by who uses it. */
export async function powerNow(
  { fleet }: Needs,
  { clusters, at, signal, details }: Asked & Pick<FleetQuestion, 'details'>,
  workloads: boolean,
): Promise<PowerNow> {
  const moment = await fleet.now({
    clusters,
    at,
    signal,
    workloads,
    ...(details !== undefined && { details }),
  })
  const { account, portions, findings } = accounted(moment, workloads)
  const { clusters: asked, warnings } = moment
  return {
    moment,
    account,
    portions,
    told: { clusters: asked, warnings: [...warnings, ...warningsOf(findings)] },
  }
}

/** One moment as an account and, where it is asked, as portions. */
export const accounted = (moment: Moment, workloads: boolean): Accounted =>
  accountOf(moment, { workloads })

/** The watts of a node as its row shows them. */
export function nodeWatts(node: NodePower | undefined): Watts {
  if (node === undefined) return NO_WATTS
  return { power_watts: node.power_watts, power_source: node.source, power_method: node.method }
}

/** The watts that a workload is attributed as its row shows them. */
export function workloadWatts(
  power: { readonly power_watts: number | null; readonly sources: readonly string[] } | undefined,
): Watts {
  if (power === undefined || power.power_watts === null) return NO_WATTS
  return {
    power_watts: power.power_watts,
    power_source: power.sources.join(', '),
    power_method: 'attributed',
  }
}

export const NO_PARTS: PowerParts = {
  cpu_watts: null,
  dram_watts: null,
  gpu_watts: null,
  npu_watts: null,
  other_watts: null,
}

/** The parts of what a workload is attributed. */
export const partsOfWorkload = (power: { readonly parts: PowerParts } | undefined): PowerParts =>
  power?.parts ?? NO_PARTS

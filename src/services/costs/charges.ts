import { accountPower } from '../../analysis/power/account.ts'
import { attributePower } from '../../analysis/power/attribution.ts'
import type { Portion, PowerAccount } from '../../analysis/power/figures.ts'
import type { Finding } from '../../analysis/power/findings.ts'
import { groupBy } from '../../analysis/power/group.ts'
import type { IdlePolicy } from '../../analysis/power/input.ts'
import {
  createLedger,
  entryKey,
  mergeEntries,
  type Entry,
  type Ledger,
} from '../../analysis/cost/ledger.ts'
import { timelineOf, type Rates, type Timeline } from '../../analysis/cost/timeline.ts'
import type { PowerStep } from '../../analysis/cost/demand.ts'
import type { Moment } from '../fleet/index.ts'
import type { Chunk } from './chunks.ts'
import type { WorkloadFacts } from './question.ts'

/** Power of one cluster over the window, step by step. */
export interface ClusterSteps {
  readonly steps: PowerStep[]
  readonly coverages: number[]
}

/** Everything that is charged so far. */
export interface Charges {
  /** Charges one step of a chunk. Gives how many shares it had. */
  visit(chunk: Chunk, step: number, moment: Moment): number
  /** Ends a chunk: its energy is priced, and only sums are kept. */
  close(): void
  readonly entries: () => readonly Entry[]
  readonly power: ReadonlyMap<string, ClusterSteps>
  readonly facts: ReadonlyMap<string, WorkloadFacts>
  readonly findings: ReadonlyMap<string, Finding>
}

interface Setup {
  readonly idle: IdlePolicy
  readonly workloads: boolean
  readonly ratesOf: (cluster: string) => Rates
}

const MOST_FINDINGS = 200

/** An empty account of a window. */
export function createCharges({ idle, workloads, ratesOf }: Setup): Charges {
  let merged: readonly Entry[] = []
  let open = new Map<string, Ledger>()
  const power = new Map<string, ClusterSteps>()
  const facts = new Map<string, WorkloadFacts>()
  const findings = new Map<string, Finding>()

  function ledgerOf(cluster: string, { from, stepSeconds, steps: count }: Chunk): Ledger {
    const known = open.get(cluster)
    if (known !== undefined) return known
    const timeline: Timeline = timelineOf({ from, stepSeconds, count }, ratesOf(cluster))
    const ledger = createLedger(timeline)
    open.set(cluster, ledger)
    return ledger
  }

  return {
    visit(chunk, step, moment) {
      const account = accountPower(moment.input)
      const attributed = attributePower(account, moment.uses, idle)
      const portions = workloads ? attributed.portions : attributed.portions.map(ofNobody)
      for (const [cluster, own] of groupBy(portions, (portion) => portion.cluster))
        ledgerOf(cluster, chunk).charge(step, own)
      notePower(power, account, spanOf(chunk, step))
      noteFacts(facts, moment)
      noteFindings(findings, [...account.findings, ...attributed.findings])
      return portions.length
    },
    close() {
      const entries = [...open.values()].flatMap((ledger) => ledger.entries())
      merged = mergeEntries([...merged, ...entries])
      open = new Map()
    },
    entries: () => merged,
    power,
    facts,
    findings,
  }
}

function noteFindings(known: Map<string, Finding>, found: readonly Finding[]): void {
  for (const finding of found)
    if (known.size < MOST_FINDINGS)
      known.set(`${finding.cluster} ${finding.code} ${subjectOf(finding)}`, finding)
}

/** What a finding is about, without its figures: the same contradiction at each step is one. */
const subjectOf = ({ detail }: Finding): string => detail.replace(/\d+(\.\d+)?(e[+-]?\d+)?/g, '#')

/** Where it does not matter who uses the energy, a cluster is one account. */
function ofNobody(portion: Portion): Portion {
  return { ...portion, workload: null, use: 'unattributed', node: null }
}

interface Span {
  readonly from: number
  readonly until: number
}

function spanOf({ from, stepSeconds }: Chunk, step: number): Span {
  return { from: from + step * stepSeconds, until: from + (step + 1) * stepSeconds }
}

function notePower(power: Map<string, ClusterSteps>, account: PowerAccount, span: Span): void {
  for (const { cluster, total_power_watts: watts, coverage } of account.by_cluster) {
    const known = power.get(cluster) ?? { steps: [], coverages: [] }
    known.steps.push({ ...span, watts })
    // What was not measured at all is told by the covered time.
    if (coverage !== null && watts !== null) known.coverages.push(coverage)
    power.set(cluster, known)
  }
}

function noteFacts(facts: Map<string, WorkloadFacts>, moment: Moment): void {
  for (const [key, each] of factsOf(moment)) facts.set(key, each)
}

/** What Kubernetes says of the pods of a moment. */
export function factsOf(moment: Moment): ReadonlyMap<string, WorkloadFacts> {
  return new Map(
    moment.pods.map(({ cluster, namespace, name, labels, node }) => {
      const workload = { kind: 'pod', namespace, pod: name, container: null } as const
      const key = entryKey({ cluster, workload, use: 'workload', node: null })
      const workloadType = moment.typeOf(workload, cluster)
      return [key, { labels, node: node?.node ?? null, workloadType }]
    }),
  )
}

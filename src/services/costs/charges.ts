import { accountPower } from '../../analysis/power/account.ts'
import { attributePower } from '../../analysis/power/attribution.ts'
import type { Portion, PowerAccount } from '../../analysis/power/figures.ts'
import type { Finding } from '../../analysis/power/findings.ts'
import { groupBy } from '../../analysis/power/group.ts'
import type { IdlePolicy } from '../../analysis/power/input.ts'
import { mergeEntries } from '../../analysis/cost/entries.ts'
import { entryKey, type Entry } from '../../analysis/cost/ledger.ts'
import type { PowerStep } from '../../analysis/cost/demand.ts'
import { sumKnown } from '../../analysis/power/sum.ts'
import type { Moment } from '../fleet/index.ts'
import type { Chunk } from './chunks.ts'
import { createClusterLedgers, type LedgerSetup } from './cluster-ledgers.ts'
import { createNodePrices, type PriceGaps } from './node-prices.ts'
import type { NodePresence } from './node-presence.ts'
import type { WorkloadFacts } from './question.ts'
import type { OwnPower } from './seen.ts'

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
  /** Power of what is seen of clusters that are seen in part. */
  readonly ownPower: OwnPower
  readonly facts: ReadonlyMap<string, WorkloadFacts>
  readonly findings: ReadonlyMap<string, Finding>
  /** What price books leave open. */
  readonly gaps: PriceGaps
}

interface Setup extends LedgerSetup {
  readonly idle: IdlePolicy
  readonly presence: NodePresence
}

const MOST_FINDINGS = 200

/** An empty account of a window. */
export function createCharges(setup: Setup): Charges {
  const { idle } = setup
  let merged: readonly Entry[] = []
  const power = new Map<string, ClusterSteps>()
  const ownPower = new Map<string, PowerStep[]>()
  const facts = new Map<string, WorkloadFacts>()
  const findings = new Map<string, Finding>()
  const nodes = createNodePrices(setup)
  const ledgers = createClusterLedgers(setup)

  return {
    visit(chunk, step, moment) {
      const account = accountPower(moment.input)
      const attributed = attributePower(account, moment.uses, idle)
      const { portions } = attributed
      const span = spanOf(chunk, step)
      const time = (span.from + span.until) / 2
      const shares = groupBy(portions, (portion) => portion.cluster)
      for (const { cluster } of account.by_cluster) {
        const own = ledgers.of(cluster, chunk)
        const { book } = own
        const prices = book === null ? null : nodes.of({ cluster, book, moment, account, time })
        own.charge(step, shares.get(cluster) ?? [], prices)
      }
      notePower(power, account, span)
      noteOwn(ownPower, { moment, shares, span })
      noteFacts(facts, moment)
      noteFindings(findings, [...account.findings, ...attributed.findings])
      return portions.length
    },
    close() {
      merged = mergeEntries([...merged, ...ledgers.close()])
    },
    entries: () => merged,
    power,
    ownPower,
    facts,
    findings,
    gaps: nodes.gaps,
  }
}

function noteFindings(known: Map<string, Finding>, found: readonly Finding[]): void {
  for (const finding of found)
    if (known.size < MOST_FINDINGS)
      known.set(`${finding.cluster} ${finding.code} ${subjectOf(finding)}`, finding)
}

/** What a finding is about, without its figures: the same contradiction at each step is one. */
const subjectOf = ({ detail }: Finding): string => detail.replace(/\d+(\.\d+)?(e[+-]?\d+)?/g, '#')

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

interface OwnStep {
  readonly moment: Moment
  readonly shares: ReadonlyMap<string, readonly Portion[]>
  readonly span: Span
}

function noteOwn(power: Map<string, PowerStep[]>, { moment, shares, span }: OwnStep): void {
  const { seen } = moment
  if (seen === null) return
  for (const [cluster, portions] of shares) {
    if (seen.isWhole(cluster)) continue
    const own = portions.filter(({ workload }) => seen.sees(cluster, workload))
    const known = power.get(cluster) ?? []
    known.push({ ...span, watts: sumKnown(own.map(({ power_watts: watts }) => watts)) })
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

import { joinedEntries } from '../../analysis/cost/entries.ts'
import { createLedger, type Entry } from '../../analysis/cost/ledger.ts'
import { createNodeLedger } from '../../analysis/cost/node-ledger.ts'
import type { PriceBook } from '../../analysis/cost/price-book.ts'
import { timelineOf, type Rates, type Timeline } from '../../analysis/cost/timeline.ts'
import type { Portion } from '../../analysis/power/figures.ts'
import type { Chunk } from './chunks.ts'
import type { MomentPrices } from './node-prices.ts'

export interface LedgerSetup {
  /** Whether it matters who uses the energy. */
  readonly workloads: boolean
  readonly ratesOf: (cluster: string) => Rates
  /** The prices of the steps of a chunk, where they are not those of its time. */
  readonly timelineFor?: (chunk: Chunk, rates: Rates) => Timeline
}

/** The accounts of one cluster over a chunk. */
interface ClusterLedgers {
  readonly book: PriceBook | null
  /** Charges the portions of a step, and its nodes where they have prices. */
  charge(step: number, portions: readonly Portion[], prices: MomentPrices | null): void
  entries(): readonly Entry[]
}

/** The accounts of all clusters over a chunk. */
export function createClusterLedgers(setup: LedgerSetup) {
  let open = new Map<string, ClusterLedgers>()
  return {
    of(cluster: string, chunk: Chunk): ClusterLedgers {
      const known = open.get(cluster) ?? ledgersFor(setup, cluster, chunk)
      open.set(cluster, known)
      return known
    },
    /** What was charged. The next chunk begins with nothing. */
    close(): readonly Entry[] {
      const entries = [...open.values()].flatMap((own) => own.entries())
      open = new Map()
      return entries
    },
  }
}

const timelineOfChunk = ({ from, stepSeconds, steps: count }: Chunk, rates: Rates): Timeline =>
  timelineOf({ from, stepSeconds, count }, rates)

function ledgersFor(setup: LedgerSetup, cluster: string, chunk: Chunk): ClusterLedgers {
  const { workloads, ratesOf, timelineFor = timelineOfChunk } = setup
  const rates = ratesOf(cluster)
  const timeline = timelineFor(chunk, rates)
  let current: MomentPrices | null = null
  const nodes = createNodeLedger(timeline)
  const energy = createLedger(timeline, {
    isIncluded: ({ node }) => current?.includesEnergy(node ?? '') === true,
    ...(!workloads && { payerOf: ofNobody }),
  })
  return {
    book: rates.book ?? null,
    charge(step, portions, prices) {
      current = prices
      // Nodes come first, since their prices may hold the energy.
      for (const share of prices === null ? [] : (timeline.steps[step] ?? []))
        nodes.charge(share, prices?.on(timeline.slots[share.slot]?.bookDate ?? '') ?? [])
      energy.charge(step, portions)
    },
    entries: () => joinedEntries(energy.entries(), nodes.entries()),
  }
}

/** Where it does not matter who uses the energy, a cluster is one account. */
function ofNobody(portion: Portion): Portion {
  return { ...portion, workload: null, use: 'unattributed', node: null }
}

import { accountPower } from '../../analysis/power/account.ts'
import type { Answer } from '../../kernel/answer.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { FleetReader } from '../fleet/index.ts'
import type { SeriesAsked } from './read-series.ts'

/** How much of each cluster was measured over a window. */
export interface Coverage extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  /** Measured ÷ known nodes at each point; null without nodes. */
  readonly byCluster: ReadonlyMap<string, readonly (number | null)[]>
}

/** The coverage of each cluster that answered, by the same account as its power. */
export async function readCoverage(
  { fleet }: { readonly fleet: Pick<FleetReader, 'during'> },
  asked: SeriesAsked,
  range: TimeRange,
): Promise<Coverage> {
  const question = { ...asked, range, workloads: false }
  const { results, heard, clusters, warnings } = await fleet.during(question, ({ input }) => {
    const { by_cluster: totals } = accountPower(input)
    return new Map(totals.map(({ cluster, coverage }) => [cluster, coverage] as const))
  })
  const byCluster = heard.map(
    (name) => [name, results.map((step) => step.get(name) ?? null)] as const,
  )
  return { byCluster: new Map(byCluster), clusters, warnings }
}

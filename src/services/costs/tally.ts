import { numberOf } from '../../analysis/cost/decimal.ts'
import { chargedIn } from '../../analysis/cost/ledger.ts'
import { bookOf } from '../../analysis/cost/price-book.ts'
import { tariffOf } from '../../analysis/cost/tariff.ts'
import { warningsOf } from '../../analysis/power/findings.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import { warningsSeen, type Seen } from '../fleet/index.ts'
import { createCharges, type Charges } from './charges.ts'
import { rangeOf } from './chunks.ts'
import { costedEntries } from './costed.ts'
import { demandCost } from './demand-cost.ts'
import { ratesFor } from './now.ts'
import type { NodePresence } from './node-presence.ts'
import { pueOf, type SiteMeters } from './pue.ts'
import type { ClusterCosting, CostQuestion, CostTally, Intensities, Needs } from './question.ts'
import { rateWarnings } from './rate-warnings.ts'
import { costsSeen } from './seen.ts'

type Account = Pick<Answer<never>, 'clusters' | 'warnings'>

/** A window that is to be costed, with what is known of it beforehand. */
export interface CostPlan extends CostQuestion {
  /** In unix seconds. */
  readonly from: number
  readonly until: number
  readonly step: number
  readonly intensities: Intensities
  readonly presence: NodePresence
  /** What of it may be seen; null for everything. */
  readonly seen: Seen | null
}

/** An empty account of the cost of a window. */
export function createTally(needs: Needs, plan: CostPlan): CostTally {
  const charges = chargesOf(needs, plan)
  return {
    visit: (chunk, step, moment) => charges.visit(chunk, step, moment),
    close: () => charges.close(),
    async end(account) {
      const site = await readSite(needs, plan)
      const { presence } = plan
      const read = presence.account === null ? [] : [presence.account]
      const told = combine([account, site.account, ...read])
      const heard = new Set(
        told.clusters
          .filter(({ status }) => status === 'ok' || status === 'partial')
          .map(({ name }) => name),
      )
      const { entries, costings, aboutRates } = costedWindow(needs, plan, { charges, heard, site })
      const findings = [...charges.findings.values()].filter(({ cluster }) => heard.has(cluster))
      return {
        start: plan.start,
        end: plan.end,
        stepSeconds: plan.step,
        edges: edgesOf(plan),
        model: plan.model ?? needs.rates.model,
        currency: needs.rates.currency,
        idle: plan.idle,
        entries,
        costings,
        facts: charges.facts,
        clusters: told.clusters,
        warnings: [
          ...warningsSeen([...told.warnings, ...warningsOf(findings)], plan.seen),
          ...aboutRates,
        ],
        aboutRates,
      }
    },
  }
}

interface Charged {
  readonly charges: Charges
  readonly heard: ReadonlySet<string>
  readonly site: Site
}

/** What everything costs, without what is not to be seen. */
function costedWindow(needs: Needs, plan: CostPlan, { charges, heard, site }: Charged) {
  const { seen, intensities } = plan
  const all = [...heard].map((cluster) =>
    costingOf(needs, plan, { cluster, charges, meters: site.metersOf(cluster) }),
  )
  const charged = charges.entries().filter(({ cluster }) => heard.has(cluster))
  const shown = costsSeen(
    { entries: costedEntries(charged, all), costings: all },
    { seen, own: charges.ownPower },
  )
  const { missing } = intensities
  return { ...shown, aboutRates: rateWarnings({ ...shown, missing, gaps: charges.gaps, seen }) }
}

const edgesOf = ({ edges, start }: CostQuestion): readonly Date[] =>
  edges === undefined || edges.length === 0 ? [start] : edges

function chargesOf({ rates }: Needs, plan: CostPlan): Charges {
  const edges = edgesOf(plan).map(unixSeconds)
  return createCharges({
    idle: plan.idle,
    workloads: plan.workloads,
    presence: plan.presence,
    ratesOf: (cluster) => ({
      tariff: tariffOf(rates.tariffs, cluster),
      intensity: plan.intensities.byCluster.get(cluster) ?? null,
      book: bookOf(rates.books, cluster),
      edges,
    }),
  })
}

interface Site {
  readonly account: Account
  metersOf(cluster: string): SiteMeters
}

async function readSite(
  { telemetry }: Needs,
  { from, until, step, ...plan }: CostPlan,
): Promise<Site> {
  const steps = Math.max(1, Math.floor((until - from) / step))
  const stepSeconds = Math.min(step, until - from)
  const { rows, ...account } = await telemetry.history({
    entity: 'facility',
    labels: ['meter'],
    measure: 'facility_power_watts',
    summary: 'avg',
    clusters: plan.clusters,
    signal: plan.signal,
    range: rangeOf({ from, stepSeconds, steps }),
  })
  return {
    account,
    metersOf: (name) => ({
      rows: rows.filter(({ cluster }) => cluster === name),
      from,
      stepSeconds,
    }),
  }
}

interface ClusterRead {
  readonly cluster: string
  readonly charges: Charges
  readonly meters: SiteMeters
}

/** Whether whoever sells the nodes pays for all of their electricity, and its highest demand with it. */
function isIncluded({ charges, cluster }: ClusterRead): boolean {
  const { microjoules, includedMicrojoules: included } = chargedIn(charges.entries(), cluster)
  return microjoules > 0n && microjoules === included
}

function costingOf({ rates }: Needs, plan: CostPlan, read: ClusterRead): ClusterCosting {
  const { steps, coverages } = read.charges.power.get(read.cluster) ?? { steps: [], coverages: [] }
  const pue = pueOf(steps, read.meters, rates.assumedPue)
  const own = ratesFor({ rates }, plan, { ...read, intensities: plan.intensities, pue: pue.pue })
  const { from, until } = plan
  const measured = { power: steps, factor: pue.pue === null ? 1 : numberOf(pue.pue), from, until }
  return {
    cluster: read.cluster,
    ...pue,
    ...own,
    power: steps,
    demand: own.tariff === null || isIncluded(read) ? [] : demandCost(own.tariff, measured),
    coveredSeconds: steps.reduce(
      (sum, each) => sum + (each.watts === null ? 0 : each.until - each.from),
      0,
    ),
    nodeCoverage:
      coverages.length === 0 ? null : coverages.reduce((a, b) => a + b, 0) / coverages.length,
  }
}

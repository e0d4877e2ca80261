import { warningsOf } from '../../analysis/power/findings.ts'
import { combine, type Answer, type Warning } from '../../kernel/answer.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import { KCloudError } from '../../kernel/errors.ts'
import { tariffOf } from '../../analysis/cost/tariff.ts'
import { createCharges, type Charges } from './charges.ts'
import { chunkLength, endOf, nextChunk, stepOf, tooMuch, type Chunk } from './chunks.ts'
import { costedEntries } from './costed.ts'
import { demandCost } from './demand-cost.ts'
import { ratesFor } from './now.ts'
import { pueOf, type SiteMeters } from './pue.ts'
import type { ClusterCosting, CostQuestion, CostWindow, Intensities, Needs } from './question.ts'
import { numberOf } from '../../analysis/cost/decimal.ts'
import { rateWarnings } from './rate-warnings.ts'

type Account = Pick<Answer<never>, 'clusters' | 'warnings'>

interface Plan extends CostQuestion {
  readonly from: number
  readonly until: number
  readonly step: number
  readonly intensities: Intensities
  readonly names: readonly string[]
}

/** The cost of a window. Rejects with `too_large` for one that is too much work, and as the fleet does. */
export async function readCosts(needs: Needs, question: CostQuestion): Promise<CostWindow> {
  const plan = await planOf(needs, question)
  const [{ charges, account }, site] = await Promise.all([
    chargeAll(needs, plan),
    readSite(needs, plan),
  ])
  const told = combine([...account, site.account])
  const heard = new Set(
    told.clusters
      .filter(({ status }) => status === 'ok' || status === 'partial')
      .map(({ name }) => name),
  )
  const costings = [...heard].map((cluster) =>
    costingOf(needs, plan, { cluster, charges, meters: site.metersOf(cluster) }),
  )
  const entries = charges.entries().filter(({ cluster }) => heard.has(cluster))
  const warnings: readonly Warning[] = [
    ...told.warnings,
    ...warningsOf([...charges.findings.values()].filter(({ cluster }) => heard.has(cluster))),
    ...rateWarnings({ entries, costings, missing: plan.intensities.missing }),
  ]
  return {
    start: question.start,
    end: question.end,
    stepSeconds: plan.step,
    edges: edgesOf(question),
    model: question.model ?? needs.rates.model,
    currency: needs.rates.currency,
    idle: question.idle,
    entries: costedEntries(entries, costings),
    costings,
    facts: charges.facts,
    clusters: told.clusters,
    warnings,
  }
}

const edgesOf = ({ edges, start }: CostQuestion): readonly Date[] =>
  edges === undefined || edges.length === 0 ? [start] : edges

async function planOf(needs: Needs, question: CostQuestion): Promise<Plan> {
  const { clusters, at, signal, start, end } = question
  const step = stepOf(question)
  const from = unixSeconds(start)
  const until = unixSeconds(end)
  const { clusters: reports } = await needs.fleet.names({ clusters, at, signal })
  const names = reports.map(({ name }) => name)
  const intensities = await needs.intensities.read({ clusters: names, from, until, signal })
  return { ...question, from, until, step, intensities, names }
}

interface Charged {
  readonly charges: Charges
  readonly account: readonly Account[]
}

/** Reads the window piece by piece: what is held at a time does not grow with its length. */
async function chargeAll({ fleet, rates }: Needs, plan: Plan): Promise<Charged> {
  const edges = edgesOf(plan).map(unixSeconds)
  const charges = createCharges({
    idle: plan.idle,
    workloads: plan.workloads,
    ratesOf: (cluster) => ({
      tariff: tariffOf(rates.tariffs, cluster),
      intensity: plan.intensities.byCluster.get(cluster) ?? null,
      edges,
    }),
  })
  const account: Account[] = []
  let shares: number | undefined
  let from = plan.from
  for (;;) {
    const chunk = nextChunk(from, {
      until: plan.until,
      stepSeconds: plan.step,
      most: chunkLength(shares),
    })
    if (chunk === undefined) return { charges, account }
    let step = 0
    const { results, clusters, warnings } = await fleet.during(
      { ...plan, range: rangeOf(chunk) },
      (moment) => charges.visit(chunk, step++, moment),
    )
    charges.close()
    account.push({ clusters, warnings })
    shares = Math.max(
      shares ?? 0,
      results.reduce((most, each) => Math.max(most, each), 0),
    )
    refuseTooMuch(shares, plan)
    from = endOf(chunk)
  }
}

/** The value of a point is the mean of the step that ends there. */
function rangeOf({ from, stepSeconds, steps }: Chunk) {
  return {
    start: new Date((from + stepSeconds) * 1000),
    end: new Date((from + steps * stepSeconds) * 1000),
    stepSeconds,
  }
}

function refuseTooMuch(shares: number, { from, until, step }: Plan): void {
  const excess = tooMuch(shares, (until - from) / step)
  if (excess === null) return
  const factor = Math.ceil(excess.charges / excess.most)
  throw new KCloudError('too_large', {
    detail: `about ${excess.charges} shares of energy would be charged, and at most ${excess.most} are: a step of ${Math.ceil((step * factor) / 60)}m, a shorter window or fewer clusters give fewer`,
  })
}

interface Site {
  readonly account: Account
  metersOf(cluster: string): SiteMeters
}

async function readSite({ telemetry }: Needs, { from, until, step, ...plan }: Plan): Promise<Site> {
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

function costingOf({ rates }: Needs, plan: Plan, read: ClusterRead): ClusterCosting {
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
    demand: own.tariff === null ? [] : demandCost(own.tariff, measured),
    coveredSeconds: steps.reduce(
      (sum, each) => sum + (each.watts === null ? 0 : each.until - each.from),
      0,
    ),
    nodeCoverage:
      coverages.length === 0 ? null : coverages.reduce((a, b) => a + b, 0) / coverages.length,
  }
}

import { accountPower } from '../../analysis/power/account.ts'
import { attributePower } from '../../analysis/power/attribution.ts'
import { warningsOf } from '../../analysis/power/findings.ts'
import type { Portion, PowerAccount } from '../../analysis/power/figures.ts'
import { createLedger, type Entry } from '../../analysis/cost/ledger.ts'
import type { ModelRates } from '../../analysis/cost/models.ts'
import { tariffOf } from '../../analysis/cost/tariff.ts'
import { timelineOf } from '../../analysis/cost/timeline.ts'
import { combine } from '../../kernel/answer.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import type { Reading } from '../telemetry/index.ts'
import { factsOf } from './charges.ts'
import { costedEntries } from './costed.ts'
import { pueOf } from './pue.ts'
import type { ClusterCosting, CostNowQuestion, CostWindow, Intensities, Needs } from './question.ts'
import { rateWarnings } from './rate-warnings.ts'

const HOUR = 3600

interface Running {
  readonly needs: Needs
  readonly question: CostNowQuestion
  readonly from: number
  readonly account: PowerAccount
  readonly intensities: Intensities
  readonly meters: readonly Reading[]
}

/** What an hour costs at the power and the prices of now. */
export async function readCostsNow(needs: Needs, question: CostNowQuestion): Promise<CostWindow> {
  const from = Math.floor(unixSeconds(question.at) / 60) * 60
  const { idle, signal } = question
  const [moment, facility] = await readMoment(needs, question)
  const clusters = moment.heard
  const asked = { clusters, from, until: from + 60, signal }
  const intensities = await needs.intensities.read(asked)
  const account = accountPower(moment.input)
  const { portions, findings } = attributePower(account, moment.uses, idle)
  const running = { needs, question, from, account, intensities, meters: facility.rows }
  const costings = clusters.map((cluster) => costingOf(running, cluster))
  const entries = costings.flatMap((costing) => entriesOf(running, costing, portions))
  const told = combine([moment, facility])
  return {
    ...hourFrom(from),
    model: question.model ?? needs.rates.model,
    currency: needs.rates.currency,
    idle,
    entries: costedEntries(entries, costings),
    costings,
    facts: factsOf(moment),
    clusters: told.clusters,
    warnings: [
      ...told.warnings,
      ...warningsOf([...account.findings, ...findings]),
      ...rateWarnings({ entries, costings, missing: intensities.missing }),
    ],
  }
}

function hourFrom(from: number): Pick<CostWindow, 'start' | 'end' | 'stepSeconds' | 'edges'> {
  const start = new Date(from * 1000)
  return { start, end: new Date((from + HOUR) * 1000), stepSeconds: HOUR, edges: [start] }
}

function readMoment({ fleet, telemetry }: Needs, question: CostNowQuestion) {
  const { clusters, at, signal, workloads } = question
  return Promise.all([
    fleet.now({ clusters, at, signal, workloads }),
    telemetry.latest({
      entity: 'facility',
      labels: ['meter'],
      measures: ['facility_power_watts'],
      clusters,
      at,
      signal,
      shelf: 'realtime',
    }),
  ])
}

function costingOf({ needs, question, ...running }: Running, cluster: string): ClusterCosting {
  const { from, account, intensities, meters } = running
  const total = account.by_cluster.find((each) => each.cluster === cluster)
  const watts = total?.total_power_watts ?? null
  const power = [{ from, until: from + HOUR, watts }]
  const rows = meters
    .filter((row) => row.cluster === cluster)
    .map(({ values, ...row }) => ({ ...row, values: [values.facility_power_watts ?? null] }))
  const pue = pueOf(power, { rows, from, stepSeconds: HOUR }, needs.rates.assumedPue)
  return {
    cluster,
    ...pue,
    ...ratesFor(needs, question, { cluster, intensities, pue: pue.pue }),
    power,
    demand: [],
    coveredSeconds: watts === null ? 0 : HOUR,
    nodeCoverage: total?.coverage ?? null,
  }
}

/** An hour at the rates of this minute. */
function entriesOf(
  { needs, from }: Running,
  { cluster, intensity }: ClusterCosting,
  portions: readonly Portion[],
): readonly Entry[] {
  const rates = { tariff: tariffOf(needs.rates.tariffs, cluster), intensity, edges: [from] }
  const { slots } = timelineOf({ from, stepSeconds: 60, count: 1 }, rates)
  const ledger = createLedger({ slots, steps: [[{ slot: 0, seconds: HOUR }]] })
  ledger.charge(
    0,
    portions.filter((portion) => portion.cluster === cluster),
  )
  return ledger.entries()
}

interface Read {
  readonly cluster: string
  readonly intensities: Intensities
  readonly pue: ClusterCosting['pue']
}

/** The rates of a cluster, by the model that is asked for. */
export function ratesFor(
  { rates }: Pick<Needs, 'rates'>,
  question: Pick<CostNowQuestion, 'model'>,
  { cluster, intensities, pue }: Read,
): Pick<ClusterCosting, 'rates' | 'tariff' | 'intensity'> {
  const model = question.model ?? rates.model
  const own: ModelRates =
    model === 'kcloud' ? rates.kcloud : { model, pue, carbonPrice: rates.carbonPrice }
  return {
    rates: own,
    tariff: model === 'kcloud' ? null : tariffOf(rates.tariffs, cluster),
    intensity: intensities.byCluster.get(cluster) ?? null,
  }
}

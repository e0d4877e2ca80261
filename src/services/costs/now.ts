import type { ModelRates } from '../../analysis/cost/models.ts'
import { bookOf } from '../../analysis/cost/price-book.ts'
import { tariffOf } from '../../analysis/cost/tariff.ts'
import { timelineOf, type Rates, type Timeline } from '../../analysis/cost/timeline.ts'
import { warningsOf } from '../../analysis/power/findings.ts'
import { combine } from '../../kernel/answer.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import { warningsSeen, type FleetPower } from '../fleet/index.ts'
import type { Reading } from '../telemetry/index.ts'
import { createCharges, type Charges } from './charges.ts'
import { costedEntries } from './costed.ts'
import { presenceNow, readLabelsNow } from './node-presence-now.ts'
import type { NodePresence } from './node-presence.ts'
import { pueOf } from './pue.ts'
import type { ClusterCosting, CostNowQuestion, CostWindow, Intensities, Needs } from './question.ts'
import { rateWarnings } from './rate-warnings.ts'
import { costsSeen } from './seen.ts'

const HOUR = 3600

interface Running {
  readonly needs: Needs
  readonly question: CostNowQuestion
  readonly from: number
  readonly moment: FleetPower
  readonly presence: NodePresence
  readonly intensities: Intensities
  readonly meters: readonly Reading[]
}

/** What an hour costs at the power and the prices of now. */
export async function readCostsNow(needs: Needs, question: CostNowQuestion): Promise<CostWindow> {
  const from = Math.floor(unixSeconds(question.at) / 60) * 60
  const [moment, facility, labels] = await readMoment(needs, question)
  const asked = { clusters: moment.heard, from, until: from + 60, signal: question.signal }
  const intensities = await needs.intensities.read(asked)
  const presence = presenceNow(moment, labels.rows)
  const meters = facility.rows
  const { seen } = moment
  const workloads = question.workloads || seen !== null
  const running = {
    ...{ needs, from, moment, presence, intensities, meters },
    question: { ...question, workloads },
  }
  const { charges, aboutRates, ...shown } = costedNow(running)
  const told = combine([moment, facility, labels])
  return {
    ...hourFrom(from),
    model: question.model ?? needs.rates.model,
    currency: needs.rates.currency,
    idle: question.idle,
    ...shown,
    facts: charges.facts,
    clusters: told.clusters,
    warnings: [
      ...warningsSeen([...told.warnings, ...warningsOf([...charges.findings.values()])], seen),
      ...aboutRates,
    ],
  }
}

/** What everything costs now, without what is not to be seen. */
function costedNow(running: Running) {
  const { moment, intensities } = running
  const { seen, heard } = moment
  const charges = chargesNow(running)
  const all = heard.map((cluster) => costingOf(running, charges, cluster))
  const charged = charges.entries().filter(({ cluster }) => heard.includes(cluster))
  const shown = costsSeen(
    { entries: costedEntries(charged, all), costings: all },
    { seen, own: charges.ownPower },
  )
  const { missing } = intensities
  const aboutRates = rateWarnings({ ...shown, missing, gaps: charges.gaps, seen })
  return { charges, ...shown, aboutRates }
}

function hourFrom(from: number): Pick<CostWindow, 'start' | 'end' | 'stepSeconds' | 'edges'> {
  const start = new Date(from * 1000)
  return { start, end: new Date((from + HOUR) * 1000), stepSeconds: HOUR, edges: [start] }
}

function readMoment(needs: Needs, question: CostNowQuestion) {
  const { clusters, at, signal, workloads } = question
  return Promise.all([
    needs.fleet.now({ clusters, at, signal, workloads }),
    needs.telemetry.latest({
      entity: 'facility',
      labels: ['meter'],
      measures: ['facility_power_watts'],
      clusters,
      at,
      signal,
      shelf: 'realtime',
    }),
    readLabelsNow(needs, question),
  ])
}

function chargesNow({ needs, question, from, intensities, moment, presence }: Running): Charges {
  const charges = createCharges({
    idle: question.idle,
    workloads: question.workloads,
    presence,
    ratesOf: (cluster) => ({
      tariff: tariffOf(needs.rates.tariffs, cluster),
      intensity: intensities.byCluster.get(cluster) ?? null,
      book: bookOf(needs.rates.books, cluster),
      edges: [from],
    }),
    timelineFor: (_chunk, rates) => thisHour(from, rates),
  })
  charges.visit({ from, stepSeconds: HOUR, steps: 1 }, 0, moment)
  charges.close()
  return charges
}

/** An hour at the rates of this minute. */
function thisHour(from: number, rates: Rates): Timeline {
  const { slots } = timelineOf({ from, stepSeconds: 60, count: 1 }, rates)
  return { slots, steps: [[{ slot: 0, seconds: HOUR }]] }
}

function costingOf(running: Running, charges: Charges, cluster: string): ClusterCosting {
  const { needs, question, from, intensities, meters } = running
  const { steps: power, coverages } = charges.power.get(cluster) ?? { steps: [], coverages: [] }
  const rows = meters
    .filter((row) => row.cluster === cluster)
    .map(({ values, ...row }) => ({ ...row, values: [values.facility_power_watts ?? null] }))
  const pue = pueOf(power, { rows, from, stepSeconds: HOUR }, needs.rates.assumedPue)
  const isKnown = power.some(({ watts }) => watts !== null)
  return {
    cluster,
    ...pue,
    ...ratesFor(needs, question, { cluster, intensities, pue: pue.pue }),
    power: isKnown ? power : [{ from, until: from + HOUR, watts: null }],
    demand: [],
    coveredSeconds: isKnown ? HOUR : 0,
    nodeCoverage: coverages[0] ?? null,
  }
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
): Pick<ClusterCosting, 'rates' | 'tariff' | 'book' | 'intensity'> {
  const model = question.model ?? rates.model
  const own: ModelRates =
    model === 'kcloud' ? rates.kcloud : { model, pue, carbonPrice: rates.carbonPrice }
  return {
    rates: own,
    tariff: model === 'kcloud' ? null : tariffOf(rates.tariffs, cluster),
    book: bookOf(rates.books, cluster),
    intensity: intensities.byCluster.get(cluster) ?? null,
  }
}

import { bookedPrice, type Booked, type Wanted } from '../../analysis/cost/booked-price.ts'
import { divided, total, type Decimal } from '../../analysis/cost/decimal.ts'
import { NO_ENERGY, plus, pricedEnergy, type Energy } from '../../analysis/cost/ledger.ts'
import { carbonMass, termsOf, type CostModel, type Terms } from '../../analysis/cost/models.ts'
import { bookOf, type PriceBook } from '../../analysis/cost/price-book.ts'
import { tariffOf } from '../../analysis/cost/tariff.ts'
import { timelineOf, type Timeline } from '../../analysis/cost/timeline.ts'
import { keyOf } from '../../analysis/power/group.ts'
import { ratesFor } from './now.ts'
import { pueOf } from './pue.ts'
import type { Intensities, Needs, PueFigure } from './question.ts'

/** The time over which energy is to be priced, in unix seconds. */
export interface PriceQuestion {
  readonly clusters: readonly string[]
  readonly from: number
  readonly until: number
  /** The mean watts of each cluster in that time, to hold against the meters of its site; else the PUE is assumed. */
  readonly watts?: ReadonlyMap<string, number | null>
  /** The model of the deployment when left out. */
  readonly model?: CostModel | undefined
  readonly signal: AbortSignal
}

/** Energy that a cluster draws evenly over some of that time. */
export interface EnergyUse {
  readonly cluster: string
  readonly joules: number
  readonly from: number
  readonly until: number
}

export interface PricedUse {
  readonly terms: Terms
  readonly total: Decimal
  /** Null where no intensity is known. */
  readonly carbonKg: Decimal | null
  /** The part of the energy that has a price, 0 to 1. */
  readonly pricedShare: number
}

/** Reads what holds over a time, past or to come. */
export interface PriceReader {
  /** Rejects as telemetry does where meters are to be read. */
  prices(question: PriceQuestion): Promise<Prices>
}

/** What energy costs and emits, for whoever knows how much of it there is. */
export interface Prices {
  readonly model: CostModel
  readonly currency: string
  of(use: EnergyUse): PricedUse
  /** The book of a cluster; null where its nodes cost only their energy. */
  bookOf(cluster: string): PriceBook | null
  /** What nodes or GPUs cost by a book over all of that time. */
  booked(book: PriceBook, wanted: Wanted): Booked
}

/** Reads what holds over a time. Rejects as telemetry does where meters are to be read. */
export async function readPrices(needs: Needs, question: PriceQuestion): Promise<Prices> {
  const [intensities, pues] = await Promise.all([
    needs.intensities.read(question),
    readPues(needs, question),
  ])
  const timelines = new Map<string, Timeline>()
  const timeline = ({ cluster, from, until }: EnergyUse): Timeline => {
    const key = keyOf(cluster, String(from), String(until))
    const known = timelines.get(key) ?? timelineFor(needs, intensities, { cluster, from, until })
    timelines.set(key, known)
    return known
  }
  return {
    model: question.model ?? needs.rates.model,
    currency: needs.rates.currency,
    bookOf: (cluster) => bookOf(needs.rates.books, cluster),
    booked: (book, wanted) => bookedPrice(book, wanted, question),
    of(use) {
      const pue = pues(use.cluster).pue
      const { rates } = ratesFor(needs, question, { cluster: use.cluster, intensities, pue })
      const energy = energyOf(use, timeline(use))
      const terms = termsOf(energy, rates)
      const isEmitting = energy.emittedMicrojoules > 0n
      return {
        terms,
        total: total(Object.values(terms)),
        carbonKg: isEmitting ? carbonMass(energy, pue) : null,
        pricedShare: rates.model === 'kcloud' ? 1 : shareOf(energy),
      }
    },
  }
}

type Stretch = Omit<EnergyUse, 'joules'>

function timelineFor({ rates }: Needs, { byCluster }: Intensities, stretch: Stretch): Timeline {
  const { cluster, from, until } = stretch
  return timelineOf(
    { from, stepSeconds: until - from, count: 1 },
    {
      tariff: tariffOf(rates.tariffs, cluster),
      intensity: byCluster.get(cluster) ?? null,
      edges: [from],
    },
  )
}

function energyOf({ joules, from, until }: EnergyUse, { slots, steps }: Timeline): Energy {
  return (steps[0] ?? []).reduce(
    (sum, { slot, seconds }) =>
      plus(sum, pricedEnergy((joules * seconds) / (until - from), slots[slot])),
    NO_ENERGY,
  )
}

const PARTS_OF_SHARE = 1_000_000n

const shareOf = ({ microjoules, pricedMicrojoules }: Energy): number =>
  microjoules === 0n
    ? 1
    : Number(divided(pricedMicrojoules * PARTS_OF_SHARE, microjoules)) / Number(PARTS_OF_SHARE)

async function readPues(
  { telemetry, rates }: Needs,
  { watts, from, until, clusters, signal }: PriceQuestion,
): Promise<(cluster: string) => PueFigure> {
  const stepSeconds = until - from
  if (watts === undefined) return () => pueOf([], { rows: [], from, stepSeconds }, rates.assumedPue)
  const end = new Date(until * 1000)
  const { rows } = await telemetry.history({
    entity: 'facility',
    labels: ['meter'],
    measure: 'facility_power_watts',
    summary: 'avg',
    clusters,
    signal,
    range: { start: end, end, stepSeconds },
  })
  return (cluster) =>
    pueOf(
      [{ from, until, watts: watts.get(cluster) ?? null }],
      { rows: rows.filter((row) => row.cluster === cluster), from, stepSeconds },
      rates.assumedPue,
    )
}

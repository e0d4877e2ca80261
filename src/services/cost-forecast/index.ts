import { setImmediate as nextTurn } from 'node:timers/promises'
import { numberOf, total } from '../../analysis/cost/decimal.ts'
import {
  beyond,
  calibrationOf,
  fitPowerModel,
  powerSaid,
  type Calibration,
  type PowerModel,
  type Resources,
} from '../../analysis/forecast/cost-model.ts'
import type { Answer } from '../../kernel/answer.ts'
import type { PricedUse, PriceReader } from '../costs/index.ts'
import { bookedFor, withBooked, type BookedFor, type Money } from './booked.ts'
import type { CostForecast, CostQuestion } from './question.ts'
import { readRan, type HistoryNeeds } from './history.ts'

export interface CostForecastNeeds extends HistoryNeeds {
  readonly costs: PriceReader
  readonly registry: {
    /** Rejects with `not_found`, naming those that nobody knows. */
    only(names: readonly string[]): unknown
  }
}

interface Asked {
  readonly at: Date
  readonly signal: AbortSignal
}

/** What workloads will cost, by those that ran. */
export interface CostForecasts {
  /** Rejects with `not_found` for an unknown cluster, and as telemetry does when no cluster answers. */
  cost(question: CostQuestion, asked: Asked): Promise<CostForecast>
}

/** A model is good for so long; one that lacks a cluster only for as long as nobody notices. */
const FRESH_SECONDS = 1800
const FRESH_WHILE_PARTIAL_SECONDS = 60
const JOULES_PER_KWH = 3_600_000
const HOUR = 3600

interface Trained extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly model: PowerModel | null
  readonly at: Date
  readonly heard: readonly string[]
}

/** Forecasts of costs over a fleet. The model is fitted when it is first asked for. */
export function createCostForecasts(needs: CostForecastNeeds): CostForecasts {
  let last: { readonly at: Date; readonly trained: Promise<Trained>; seconds: number } | null = null
  const trained = async (at: Date): Promise<Trained> => {
    if (last !== null && at.getTime() - last.at.getTime() < last.seconds * 1000)
      return await last.trained
    // It serves everybody: one who goes away does not end it.
    const own = { at, trained: train(needs, at), seconds: FRESH_SECONDS }
    last = own
    own.trained.then(
      ({ clusters }) => {
        if (clusters.some(({ status }) => status !== 'ok'))
          own.seconds = FRESH_WHILE_PARTIAL_SECONDS
      },
      () => {
        if (last === own) last = null
      },
    )
    return await own.trained
  }
  return {
    async cost(question, asked) {
      if (question.cluster !== null) needs.registry.only([question.cluster])
      return await costOf(needs, await trained(asked.at), { question, ...asked })
    },
  }
}

const TRAINING_MS = 60_000

async function train(needs: CostForecastNeeds, at: Date): Promise<Trained> {
  const { rows, heard, ...told } = await readRan(needs, {
    at,
    signal: AbortSignal.timeout(TRAINING_MS),
  })
  const fitting = fitPowerModel(rows)
  let step = fitting.next()
  while (step.done !== true) {
    await nextTurn()
    step = fitting.next()
  }
  return { ...told, heard, model: step.value, at }
}

/** On whole minutes, as prices are. */
function timeOf({ durationHours }: CostQuestion, at: Date) {
  const from = Math.floor(at.getTime() / 60_000) * 60
  return { from, until: from + Math.max(60, Math.round((durationHours * HOUR) / 60) * 60) }
}

interface Costing extends Asked {
  readonly question: CostQuestion
}

async function costOf(
  { costs }: CostForecastNeeds,
  trained: Trained,
  { question, at, signal }: Costing,
): Promise<CostForecast> {
  const { clusters, warnings, heard } = trained
  const cluster = question.cluster ?? heard[0] ?? null
  const { from, until } = timeOf(question, at)
  const places = cluster === null ? [] : [cluster]
  const prices = await costs.prices({ clusters: places, from, until, signal })
  const booked = cluster === null ? null : bookedFor(prices, question, cluster)
  const joulesPerWatt = question.durationHours * HOUR
  const energy = energyOf(trained, question, (watts) =>
    prices.of({ cluster: cluster ?? '', joules: watts * joulesPerWatt, from, until }),
  )
  return {
    clusters,
    warnings,
    currency: prices.currency,
    cost_model: prices.model,
    cluster,
    ...withBooked(cluster === null ? { ...energy, ...NO_MONEY } : energy, booked),
    model: modelRow(trained),
    notes: notesOf(trained, question, booked),
  }
}

/** The power of what is asked for, and what its energy costs. */
function energyOf(
  { model }: Trained,
  { resources, durationHours }: CostQuestion,
  priceOf: (watts: number) => PricedUse,
) {
  const said = model && powerSaid(model, resources)
  if (model === null || said === null) return NOTHING_KNOWN
  const uses = [priceOf(said.compute_watts), priceOf(said.accelerator_watts)] as const
  const watts = said.compute_watts + said.accelerator_watts
  return {
    ...pricedAt(uses, calibrationOf(model, resources)),
    predicted_power_watts: watts,
    energy_kwh: (watts * durationHours * HOUR) / JOULES_PER_KWH,
  }
}

/** The figures of money; none where a part of the energy has no price, which the warnings of the prices tell. */
function pricedAt(
  uses: readonly [compute: PricedUse, accelerators: PricedUse],
  { confidence, ...widths }: Calibration,
): Money {
  const isPriced = uses.every(({ pricedShare }) => pricedShare >= 1)
  if (!isPriced) return NO_MONEY
  const cost = numberOf(total(uses.map((use) => use.total)))
  const [compute, gpu] = uses
  return {
    predicted_cost: cost,
    cost_breakdown: {
      compute: numberOf(compute.total),
      gpu: numberOf(gpu.total),
      storage: null,
      network: null,
    },
    confidence,
    interval: intervalOf(cost, widths),
  }
}

const NO_INTERVAL = { lower_80: null, upper_80: null, lower_95: null, upper_95: null }

const NO_MONEY: Money = {
  predicted_cost: null,
  cost_breakdown: { compute: null, gpu: null, storage: null, network: null },
  confidence: null,
  interval: NO_INTERVAL,
}

const NOTHING_KNOWN = { ...NO_MONEY, predicted_power_watts: null, energy_kwh: null }

function modelRow({ model, at }: Trained): CostForecast['model'] {
  if (model === null) return null
  const { rows, workloads } = model
  return { kind: 'gradient_boosting', trained_on: rows, workloads, trained_at: at }
}

function intervalOf(
  cost: number,
  { width_80: inner, width_95: outer }: { width_80: number | null; width_95: number | null },
): CostForecast['interval'] {
  const lower = (width: number | null): number | null =>
    width === null ? null : Math.max(0, cost * (1 - width))
  const upper = (width: number | null): number | null =>
    width === null ? null : cost * (1 + width)
  return {
    lower_80: lower(inner),
    upper_80: upper(inner),
    lower_95: lower(outer),
    upper_95: upper(outer),
  }
}

const NO_PRICES =
  'the cost is that of the energy: no node_class or gpu_model was named that a price book has'
const WITH_ENERGY = 'the price of the book holds the electricity: nothing of the cost is uncertain'
const NO_SPOT = 'a spot instance is priced as any other: its energy costs the same'

function notesOf(
  { model }: Trained,
  { resources, spot }: CostQuestion,
  booked: BookedFor | null,
): readonly string[] {
  const energy = unknowns(model, resources)
  if (booked === null) return [NO_PRICES, ...(spot ? [NO_SPOT] : []), ...energy]
  if ('reason' in booked) return [booked.reason, ...energy]
  return booked.includesEnergy ? [WITH_ENERGY] : energy
}

function unknowns(model: PowerModel | null, resources: Resources): readonly string[] {
  if (model === null) return ['too few workloads ran within the last day to learn from']
  if (powerSaid(model, resources) === null)
    return ['too few workloads with accelerators ran within the last day to learn from']
  return beyond(model, resources).map(
    (key) => `no workload that ran asked for so much of ${key}: ${model.most[key]} at most`,
  )
}

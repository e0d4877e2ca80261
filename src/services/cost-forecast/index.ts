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
import { readRan, type HistoryNeeds } from './history.ts'

export interface CostForecastNeeds extends HistoryNeeds {
  readonly costs: PriceReader
  readonly registry: {
    /** Rejects with `not_found`, naming those that nobody knows. */
    only(names: readonly string[]): unknown
  }
}

/** What a cost is asked for. */
export interface CostQuestion {
  readonly resources: Resources
  readonly durationHours: number
  readonly spot: boolean
  /** Where it is to run; null for the first cluster that answers. */
  readonly cluster: string | null
}

interface Asked {
  readonly at: Date
  readonly signal: AbortSignal
}

export interface CostForecast extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  /** Null where it is not known; the notes say why. */
  readonly predicted_cost: number | null
  readonly currency: string
  readonly cost_breakdown: {
    readonly compute: number | null
    readonly gpu: number | null
    readonly storage: null
    readonly network: null
  }
  readonly confidence: number | null
  readonly interval: {
    readonly lower_80: number | null
    readonly upper_80: number | null
    readonly lower_95: number | null
    readonly upper_95: number | null
  }
  readonly cluster: string | null
  readonly predicted_power_watts: number | null
  readonly energy_kwh: number | null
  readonly cost_model: string
  readonly model: {
    readonly kind: 'gradient_boosting'
    readonly trained_on: number
    readonly workloads: number
    readonly trained_at: Date
  } | null
  readonly notes: readonly string[]
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
  const { model, clusters, warnings, heard } = trained
  const cluster = question.cluster ?? heard[0] ?? null
  const { from, until } = timeOf(question, at)
  const places = cluster === null ? [] : [cluster]
  const prices = await costs.prices({ clusters: places, from, until, signal })
  const said = model && powerSaid(model, question.resources)
  const told = {
    clusters,
    warnings,
    currency: prices.currency,
    cost_model: prices.model,
    cluster,
    notes: notesOf(trained, question),
  }
  if (model === null || said === null || cluster === null)
    return { ...told, ...nothingKnown(trained) }
  const joulesPerWatt = question.durationHours * HOUR
  const priceOf = (watts: number): PricedUse =>
    prices.of({ cluster, joules: watts * joulesPerWatt, from, until })
  const uses = [priceOf(said.compute_watts), priceOf(said.accelerator_watts)] as const
  const watts = said.compute_watts + said.accelerator_watts
  return {
    ...told,
    ...pricedAt(uses, calibrationOf(model, question.resources)),
    predicted_power_watts: watts,
    energy_kwh: (watts * joulesPerWatt) / JOULES_PER_KWH,
    model: modelRow(trained),
  }
}

/** The figures of money; none where a part of the energy has no price, which the warnings of the prices tell. */
function pricedAt(
  uses: readonly [compute: PricedUse, accelerators: PricedUse],
  { confidence, ...widths }: Calibration,
) {
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

const NO_MONEY = {
  predicted_cost: null,
  cost_breakdown: { compute: null, gpu: null, storage: null, network: null },
  confidence: null,
  interval: NO_INTERVAL,
} as const

const nothingKnown = (trained: Trained) => ({
  ...NO_MONEY,
  predicted_power_watts: null,
  energy_kwh: null,
  model: modelRow(trained),
})

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
  'the cost is that of the energy: there are no prices of nodes, storage and network here'
const NO_SPOT = 'a spot instance is priced as any other: its energy costs the same'

function notesOf({ model }: Trained, { resources, spot }: CostQuestion): readonly string[] {
  return [NO_PRICES, ...(spot ? [NO_SPOT] : []), ...unknowns(model, resources)]
}

function unknowns(model: PowerModel | null, resources: Resources): readonly string[] {
  if (model === null) return ['too few workloads ran within the last day to learn from']
  if (powerSaid(model, resources) === null)
    return ['too few workloads with accelerators ran within the last day to learn from']
  return beyond(model, resources).map(
    (key) => `no workload that ran asked for so much of ${key}: ${model.most[key]} at most`,
  )
}

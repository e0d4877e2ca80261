/**
 * What do forecasts cost, and how good are they? The time of one training step and of a whole training on eight weeks
 * by the hour, and what a forecast takes while one goes on; then, where the real series are there, the figures of every
 * origin of their test parts.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createNetwork, initialWeights } from '../src/analysis/forecast/lstm/network.ts'
import { trainOn, lstmMember } from '../src/analysis/forecast/lstm/member.ts'
import { createErrors } from '../src/analysis/forecast/scores.ts'
import { instantiateKernel, kernelBytes } from '../src/services/forecast/kernel.ts'
import { createForecasts } from '../src/services/forecast/index.ts'
import { openStore } from '../src/services/store/index.ts'
import { historicFleet } from '../test/support/forecasts.ts'
import { roll } from '../test/support/rolling.ts'
import { etth1, gpuServer, haveSeries } from '../test/support/time-series.ts'
import { report, type BenchResult } from './result.ts'
import { median } from './support/median.ts'

const DEFAULTS = { sequence: 168, hidden: 128, batch: 32, mostEpochs: 12, patience: 3, seed: 1 }
const WEEKS_8 = 8 * 7 * 24
const MOST = {
  stepMs: 150,
  trainingSeconds: 60,
  inferenceMs: 50,
  delayMs: 50,
  mse: 0.028,
  lstm: 0.031,
}

interface Line {
  readonly text: string
  readonly pass: boolean
}

export async function run(): Promise<BenchResult> {
  const bytes = await kernelBytes()
  const lines = [stepTime(bytes), ...(await whileTraining(bytes))]
  if (haveSeries) lines.push(...quality(bytes))
  return {
    name: 'forecast',
    pass: lines.every(({ pass }) => pass),
    lines: lines.map(({ text }) => text),
  }
}

function atMost(what: string, value: number, most: number, digits = 1): Line {
  return { text: `${what}: ${value.toFixed(digits)} (at most ${most})`, pass: value <= most }
}

function stepTime(bytes: Uint8Array): Line {
  const shape = { sequence: 168, features: 6, hidden: 128, outputs: 24 }
  const network = createNetwork(instantiateKernel(bytes), shape, 32)
  network.weights.set(initialWeights(shape, 1))
  const times = Array.from({ length: 25 }, () => {
    const began = performance.now()
    network.learn(network.predict())
    return performance.now() - began
  })
  return atMost('one training step, 168 x 128, batch 32, ms', median(times.slice(5)), MOST.stepMs)
}

/** Eight weeks with a daily cycle and what looks like chance. */
const watts = (hour: number): number =>
  500 + 100 * Math.sin((2 * Math.PI * hour) / 24) + 40 * Math.sin(hour * hour)

const FIRST = new Date('2026-11-20T00:00:30Z')
const HOUR_MS = 3_600_000
const ASKED = 300

/** Forecasts as the server makes them, over a history that is read at once. */
async function startServer(bytes: Uint8Array) {
  const store = await openStore({ path: ':memory:' })
  let at = FIRST
  const trainings: number[] = []
  const forecasts = createForecasts({
    fleet: historicFleet((time) => watts(time.getTime() / HOUR_MS)),
    models: store.forecastModels,
    jobs: store.jobs,
    kernel: bytes,
    now: () => at,
    modelPath: null,
    settings: DEFAULTS,
    horizonSeconds: 86_400,
    historyDays: WEEKS_8 / 24,
    mostPoints: 10_000,
    updateSeconds: 0,
    summary: 'avg',
    revision: () => 0,
    observe: {
      forecast: () => undefined,
      trained: ({ seconds }) => trainings.push(seconds),
      failed: (_, error) => {
        throw error
      },
    },
  })
  return {
    forecasts,
    trainings,
    /** A forecast by everything that there is, and the milliseconds that its caller waits. */
    async ask(prediction_horizon: '24h' | '1h'): Promise<number> {
      const began = performance.now()
      const signal = new AbortController().signal
      await forecasts.power({ cluster: 'seoul', prediction_horizon }, { at, signal })
      return performance.now() - began
    },
    advance(milliseconds: number): void {
      at = new Date(at.getTime() + milliseconds)
    },
    async close() {
      await forecasts.close()
      await store.close()
    },
  }
}

type Server = Awaited<ReturnType<typeof startServer>>

async function trainOnce({ forecasts }: Server, until: () => Promise<void>): Promise<number> {
  const target = { kind: 'cluster', cluster: 'seoul' } as const
  const began = performance.now()
  const { id } = await forecasts.jobs.retrain(target, { user: 'bench', at: FIRST })
  await until()
  for (let tries = 0; tries < 12_000; tries += 1) {
    const { state } = await forecasts.jobs.one('training', id)
    if (state === 'done') return (performance.now() - began) / 1000
    await setTimeout(20)
  }
  throw new Error('the training took too long')
}

/** One that trains, and is asked meanwhile: for what is known already, and each time with a value more. */
async function whileTraining(bytes: Uint8Array): Promise<readonly Line[]> {
  const server = await startServer(bytes)
  // The first version: from then on a network takes part.
  const seconds = await trainOnce(server, () => Promise.resolve())
  for (const horizon of ['24h', '1h'] as const) await server.ask(horizon)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const waits = { same: [] as number[], hourly: [] as number[], near: [] as number[] }
  delay.enable()
  const cpu = process.cpuUsage()
  await trainOnce(server, async () => {
    for (let asked = 0; asked < ASKED; asked += 1) {
      server.advance(asked % 3 === 0 ? HOUR_MS : 0)
      const kind = asked % 3 === 0 ? 'hourly' : 'same'
      waits[kind].push(await server.ask('24h'))
      await setTimeout(20)
    }
  })
  delay.disable()
  const { user, system } = process.cpuUsage(cpu)
  await trainOnce(server, async () => {
    await server.ask('1h')
    for (let asked = 0; asked < ASKED / 3; asked += 1) {
      server.advance(HOUR_MS / 12)
      waits.near.push(await server.ask('1h'))
      await setTimeout(20)
    }
  })
  const rss = process.memoryUsage().rss / 2 ** 20
  await server.close()
  return [
    atMost('a training on 8 weeks by the hour, s', seconds, MOST.trainingSeconds),
    atMost('delay of the event loop meanwhile, p99, ms', delay.percentile(99) / 1e6, MOST.delayMs),
    atMost('a forecast that was made before, p99, ms', percentile99(waits.same), MOST.inferenceMs),
    atMost(
      'a forecast with a value more, 24 h, p99, ms',
      percentile99(waits.hourly),
      MOST.inferenceMs,
    ),
    atMost(
      'a forecast with a value more, 1 h, p99, ms',
      percentile99(waits.near),
      MOST.inferenceMs,
    ),
    {
      text: `CPU of ${ASKED} forecasts and a training: ${((user + system) / 1e6).toFixed(1)} s; memory of the process: ${rss.toFixed(0)} MB`,
      pass: true,
    },
  ]
}

const percentile99 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0

function quality(bytes: Uint8Array): readonly Line[] {
  const ett = etth1()
  const shipped = roll(ett, { start: 11_520, memory: 8640 })
  const gains: number[] = []
  const servers = (['05', '07', '08'] as const).flatMap((id) => {
    const values = gpuServer(id)
    const rolled = roll(values, { start: Math.floor(values.length * 0.8) })
    const gain = 1 - rolled.combination.rmse / rolled.persistence.rmse
    gains.push(gain)
    return [
      covers(`GPU server ${id}`, rolled.coverage['0.9'] ?? 0),
      {
        text: `GPU server ${id}, a day ahead: RMSE ${(100 * gain).toFixed(1)} % below the last value`,
        pass: gain > 0,
      },
    ]
  })
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
  return [
    atMost('ETTh1, 24 h, combination, MSE', shipped.combination.rmse ** 2, MOST.mse, 4),
    covers('ETTh1', shipped.coverage['0.9'] ?? 0),
    lstmAlone(bytes, ett),
    ...servers,
    {
      text: `GPU servers on average: ${(100 * mean).toFixed(1)} % below the last value (at least 5)`,
      pass: mean >= 0.05,
    },
  ]
}

const covers = (what: string, share: number): Line => ({
  text: `${what}: the 90 % intervals cover ${share.toFixed(3)} (0.87 to 0.93)`,
  pass: share >= 0.87 && share <= 0.93,
})

/** The network alone, by values only, over the test part of ETTh1: the mean of three seeds. */
function lstmAlone(bytes: Uint8Array, values: Float64Array): Line {
  const known = values.slice(0, 11_520)
  const errors = [1, 2, 3].map((seed) => {
    const { model } = trainOn(
      instantiateKernel(bytes),
      { values: known, horizon: 24 },
      { ...DEFAULTS, sequence: 96, hidden: 32, seed },
    )!
    const fitted = lstmMember(instantiateKernel(bytes), { model, horizon: 24 }).fit(values, 0)
    const collected = createErrors()
    for (let origin = 11_519; origin + 24 < values.length; origin += 1)
      for (const [step, value] of (fitted?.predict(values, origin) ?? []).entries())
        collected.add(value, values[origin + 1 + step] ?? Number.NaN)
    return (collected.scores(null)?.rmse ?? Number.NaN) ** 2
  })
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length
  return atMost('ETTh1, 24 h, LSTM alone, MSE, mean of 3 seeds', mean, MOST.lstm, 4)
}

const HERE = fileURLToPath(import.meta.url)
if (process.argv[1] === HERE) report(await run())

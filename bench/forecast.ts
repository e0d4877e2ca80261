/**
 * What do forecasts cost, and how good are they? The time of one training step and of a whole training on eight weeks
 * by the hour, and what a forecast takes while one goes on; then, where the real series are there, the figures of every
 * origin of their test parts.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createNetwork, initialWeights } from '../src/analysis/forecast/lstm/network.ts'
import { instantiateKernel, kernelBytes } from '../src/services/forecast/kernel.ts'
import { createForecasts } from '../src/services/forecast/index.ts'
import { openStore } from '../src/services/store/index.ts'
import { historicFleet } from '../test/support/forecasts.ts'
import {
  BARS,
  combinationOnEtth1,
  combinationOnServer,
  lstmOnEtth1,
} from '../test/support/quality.ts'
import { haveSeries } from '../test/support/time-series.ts'
import { report, type BenchResult } from './result.ts'
import { median } from './support/median.ts'

const DEFAULTS = { sequence: 168, hidden: 128, batch: 32, mostEpochs: 12, patience: 3, seed: 1 }
const WEEKS_8 = 8 * 7 * 24
const MOST = {
  stepMs: 150,
  trainingSeconds: 60,
  inferenceMs: 50,
  delayMs: 50,
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

/** By the time of the processor, which others on the machine do not lengthen as much as that of the clock. */
function stepTime(bytes: Uint8Array): Line {
  const shape = { sequence: 168, features: 6, hidden: 128, outputs: 24 }
  const network = createNetwork(instantiateKernel(bytes), shape, 32)
  network.weights.set(initialWeights(shape, 1))
  const times = Array.from({ length: 25 }, () => {
    const began = performance.now()
    const cpu = process.cpuUsage()
    network.learn(network.predict())
    return { cpu: process.cpuUsage(cpu).user / 1000, wall: performance.now() - began }
  }).slice(5)
  const wall = median(times.map((time) => time.wall))
  const what = `one training step, 168 x 128, batch 32, ms of a processor (${wall.toFixed(0)} by the clock)`
  return atMost(what, median(times.map((time) => time.cpu)), MOST.stepMs)
}

/** Eight weeks with a daily cycle and what looks like chance. */
const watts = (hour: number): number =>
  500 + 100 * Math.sin((2 * Math.PI * hour) / 24) + 40 * Math.sin(hour * hour)

const FIRST = new Date('2026-11-20T00:00:30Z')
const HOUR_MS = 3_600_000
/** Enough for two weeks of hours: each week of them ends in a fit, which is not what a value more costs. */
const ASKED = 700

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
    features: () => Promise.resolve(new Map()),
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
  // By the hour last: what follows goes on from there, a value at a time.
  const processor = [
    await ofProcessor(server, '1h', HOUR_MS / 12),
    await ofProcessor(server, '24h', HOUR_MS),
  ]
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const waits = { same: [] as number[], hourly: [] as number[], near: [] as number[] }
  delay.enable()
  const cpu = process.cpuUsage()
  await trainOnce(server, async () => {
    for (let asked = 0; asked < ASKED; asked += 1) {
      server.advance(asked % 2 === 0 ? HOUR_MS : 0)
      const kind = asked % 2 === 0 ? 'hourly' : 'same'
      waits[kind].push(await server.ask('24h'))
      await setTimeout(10)
    }
  })
  delay.disable()
  const { user, system } = process.cpuUsage(cpu)
  await trainOnce(server, async () => {
    await server.ask('1h')
    for (let asked = 0; asked < ASKED / 2; asked += 1) {
      server.advance(HOUR_MS / 12)
      waits.near.push(await server.ask('1h'))
      await setTimeout(10)
    }
  })
  const rss = process.memoryUsage().rss / 2 ** 20
  await server.close()
  return [
    atMost('a training on 8 weeks by the hour, s', seconds, MOST.trainingSeconds),
    atMost('delay of the event loop meanwhile, p99, ms', delay.percentile(99) / 1e6, MOST.delayMs),
    atMost('a forecast that was made before, p99, ms', percentile99(waits.same), MOST.inferenceMs),
    atMost(
      `a forecast with a value more, 24 h (the longest ${Math.max(...waits.hourly).toFixed(0)}), p99, ms`,
      percentile99(waits.hourly),
      MOST.inferenceMs,
    ),
    atMost(
      `a forecast with a value more, 1 h (the longest ${Math.max(...waits.near).toFixed(0)}), p99, ms`,
      percentile99(waits.near),
      MOST.inferenceMs,
    ),
    ...processor,
    {
      text: `CPU of ${ASKED} forecasts and a training: ${((user + system) / 1e6).toFixed(1)} s; memory of the process: ${rss.toFixed(0)} MB`,
      pass: true,
    },
  ]
}

const WITHOUT_TRAINING = 350

/** What such a forecast takes of a processor while nothing else goes on: what others on the machine lengthen least. */
async function ofProcessor(server: Server, horizon: '24h' | '1h', step: number): Promise<Line> {
  await server.ask(horizon)
  const times: number[] = []
  for (let asked = 0; asked < WITHOUT_TRAINING; asked += 1) {
    server.advance(step)
    const cpu = process.cpuUsage()
    await server.ask(horizon)
    const { user, system } = process.cpuUsage(cpu)
    times.push((user + system) / 1000)
  }
  const what = `a forecast with a value more, ${horizon}, ms of a processor (median ${median(times).toFixed(1)}), p99`
  return atMost(what, percentile99(times), MOST.inferenceMs / 2)
}

const percentile99 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0

function quality(bytes: Uint8Array): readonly Line[] {
  const shipped = combinationOnEtth1(6)
  const errors = [1, 2, 3].map((seed) => lstmOnEtth1(bytes, seed))
  const gains: number[] = []
  const servers = (['05', '07', '08'] as const).flatMap((id) => {
    const { gain, coverage } = combinationOnServer(bytes, id, 6)
    gains.push(gain)
    return [
      covers(`GPU server ${id}`, coverage['0.9'] ?? 0),
      {
        text: `GPU server ${id}, a day ahead: RMSE ${(100 * gain).toFixed(1)} % below the last value`,
        pass: gain > 0,
      },
    ]
  })
  return [
    atMost('ETTh1, 24 h, combination, MSE', shipped.combination.rmse ** 2, BARS.combinationMse, 4),
    covers('ETTh1', shipped.coverage['0.9'] ?? 0),
    atMost('ETTh1, 24 h, LSTM alone, MSE, mean of 3 seeds', meanOf(errors), BARS.lstmMse, 4),
    ...servers,
    {
      text: `GPU servers on average: ${(100 * meanOf(gains)).toFixed(1)} % below the last value (at least 5)`,
      pass: meanOf(gains) >= BARS.gain,
    },
  ]
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

function covers(what: string, share: number): Line {
  const [least, most] = BARS.covered
  return {
    text: `${what}: the 90 % intervals cover ${share.toFixed(3)} (${least} to ${most})`,
    pass: share >= least && share <= most,
  }
}

const HERE = fileURLToPath(import.meta.url)
if (process.argv[1] === HERE) report(await run())

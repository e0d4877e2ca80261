/**
 * What do forecasts cost, and how good are they? The time of one training step and of a whole training on eight weeks
 * by the hour, and what a forecast takes while one goes on; then, where the real series are there, the figures of every
 * origin of their test parts.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { createNetwork, initialWeights } from '../src/analysis/forecast/lstm/network.ts'
import { trainOn, lstmMember } from '../src/analysis/forecast/lstm/member.ts'
import { createErrors } from '../src/analysis/forecast/scores.ts'
import { instantiateKernel, kernelBytes } from '../src/services/forecast/kernel.ts'
import { createThreads } from '../src/services/forecast/threads.ts'
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

async function whileTraining(bytes: Uint8Array): Promise<readonly Line[]> {
  const threads = createThreads(bytes)
  const values = Float64Array.from({ length: WEEKS_8 }, (_, hour) => watts(hour))
  const series = { values, horizon: 24, day: 24, isNear: false }
  const kernel = instantiateKernel(bytes)
  const small = trainOn(
    kernel,
    { values, horizon: 24 },
    { ...DEFAULTS, hidden: 128, mostEpochs: 0 },
  )
  const member = lstmMember(instantiateKernel(bytes), { model: small!.model, horizon: 24 })
  const fitted = member.fit(values, values.length)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const began = performance.now()
  let seconds = 0
  const training = threads
    .run({ kind: 'training', series, settings: DEFAULTS, current: null })
    .finally(() => {
      seconds = (performance.now() - began) / 1000
    })
  // The server only waits while a thread trains: this is what its event loop feels.
  delay.enable()
  await training
  delay.disable()
  const inference = await inferenceWhileTraining(threads, {
    series,
    predict: () => fitted?.predict(values, values.length - 1),
  })
  await threads.close()
  const rss = process.memoryUsage().rss / 2 ** 20
  return [
    atMost('a training on 8 weeks by the hour, s', seconds, MOST.trainingSeconds),
    atMost('delay of the event loop meanwhile, p99, ms', delay.percentile(99) / 1e6, MOST.delayMs),
    atMost('one inference of the LSTM meanwhile, p99, ms', inference, MOST.inferenceMs),
    { text: `memory of the process: ${rss.toFixed(0)} MB`, pass: true },
  ]
}

async function inferenceWhileTraining(
  threads: ReturnType<typeof createThreads>,
  {
    series,
    predict,
  }: {
    readonly series: Parameters<typeof threads.run>[0]['series']
    readonly predict: () => unknown
  },
): Promise<number> {
  const controller = new AbortController()
  const training = threads
    .run(
      {
        kind: 'training',
        series,
        settings: { ...DEFAULTS, mostEpochs: 50, patience: 50 },
        current: null,
      },
      controller,
    )
    .catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const times: number[] = []
  for (let asked = 0; asked < 300; asked += 1) {
    const start = performance.now()
    predict()
    times.push(performance.now() - start)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  controller.abort()
  await training
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0
}

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

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { dailyWatts, historicFleet, startForecasts } from '../../support/forecasts.ts'

const BY = { user: 'tester', at: new Date('2026-11-20T00:00:00Z') }
const FLEET = { kind: 'fleet' } as const
const ASKED = { at: BY.at, signal: new AbortController().signal }
let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'models-'))
})
afterAll(async () => rm(dir, { recursive: true, force: true }))

type Started = Awaited<ReturnType<typeof startForecasts>>
let started: Started | undefined
afterEach(async () => started?.close())

async function trained({ forecasts, failures }: Started) {
  const { id } = await forecasts.jobs.retrain(FLEET, BY)
  for (let tries = 0; tries < 2000; tries += 1) {
    const job = await forecasts.jobs.one('training', id)
    if (job.state === 'done') return JSON.parse(job.result ?? '') as { version: number }
    if (job.state === 'failed') throw new Error('the training failed', { cause: failures[0] })
    await setTimeout(50)
  }
  throw new Error('the training took too long')
}

describe.each(['store', 'directory'])('the models of a %s', (kind) => {
  const start = async () => {
    const modelPath = kind === 'store' ? null : await mkdtemp(join(dir, 'path-'))
    started = await startForecasts(historicFleet(dailyWatts), { modelPath, now: () => BY.at })
    return { ...started, modelPath }
  }

  it('are trained, serve, are activated and rolled back', async () => {
    const { forecasts } = await start()
    expect(await trained(started!)).toMatchObject({
      model_id: 'power.fleet',
      version: 1,
      activated: true,
    })
    const { answer } = await forecasts.power({}, ASKED)
    expect(answer.model_version).toBe('power.fleet@v1')
    expect(answer.rung).toBe('full')
    await trained(started!)
    const before = await forecasts.models.activate('power.fleet', 2)
    expect(before.serving_version).toBe(2)
    expect((await forecasts.models.rollback('power.fleet')).serving_version).toBe(1)
    await expect(forecasts.models.rollback('power.fleet')).rejects.toMatchObject({
      kind: 'unprocessable',
    })
    await expect(forecasts.models.activate('power.fleet', 9)).rejects.toMatchObject({
      kind: 'not_found',
    })
  })

  it('have the same bytes for the same data and seed', async () => {
    const { forecasts } = await start()
    await trained(started!)
    await trained(started!)
    const [one, two] = (await forecasts.models.one('power.fleet')).versions
    expect(one!.manifest!.weights_sha256).toBe(two!.manifest!.weights_sha256)
  })
})

describe('a corrupt version', () => {
  it('is refused by name, and the one before it serves', async () => {
    const modelPath = await mkdtemp(join(dir, 'corrupt-'))
    started = await startForecasts(historicFleet(dailyWatts), { modelPath, now: () => BY.at })
    const { forecasts } = started
    await trained(started)
    await trained(started)
    await forecasts.models.activate('power.fleet', 2)
    const file = join(modelPath, 'power.fleet/v2/weights.bin')
    const bytes = await readFile(file)
    bytes[5] = (bytes[5]! + 1) % 256
    await writeFile(file, bytes)
    const { answer } = await forecasts.power({}, ASKED)
    expect(answer.model_version).toBe('power.fleet@v1')
    expect(answer.notes).toEqual([
      'version 2 of power.fleet is refused: its weights do not have the digest that its manifest names',
    ])
    const model = await forecasts.models.one('power.fleet')
    expect(model).toMatchObject({ active_version: 2, serving_version: 1 })
    expect(model.versions[1]).toMatchObject({ status: 'corrupt' })
    await expect(forecasts.models.activate('power.fleet', 2)).rejects.toMatchObject({
      kind: 'unprocessable',
    })
  })
})

describe('a training', () => {
  it('can be cancelled, and leaves no version', async () => {
    started = await startForecasts(historicFleet(dailyWatts), {
      settings: { sequence: 48, hidden: 64, mostEpochs: 200, patience: 200 },
    })
    const { forecasts } = started
    const { id } = await forecasts.jobs.retrain(FLEET, BY)
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await forecasts.jobs.one('training', id)).state === 'running') break
      await setTimeout(20)
    }
    expect(await forecasts.jobs.cancel('training', id)).toMatchObject({ state: 'cancelled' })
    await expect(forecasts.jobs.cancel('training', id)).rejects.toMatchObject({
      kind: 'unprocessable',
    })
    await setTimeout(200)
    expect(await forecasts.models.list()).toEqual([])
  })

  it('does not serve when it is worse than repeating the last value', async () => {
    // A walk of chance: nothing tells of its next step.
    let level = 500
    let state = 7
    const walk = new Map<number, number>()
    for (let hour = 0; hour < 60 * 24; hour += 1) {
      state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
      level += state / 4_294_967_296 - 0.5
      walk.set(hour, level)
    }
    const first = BY.at.getTime() / 3_600_000 - 60 * 24 + 1
    started = await startForecasts(
      historicFleet((time) => walk.get(time.getTime() / 3_600_000 - first) ?? null),
      { now: () => BY.at },
    )
    await trained(started)
    const { versions } = await started.forecasts.models.one('power.fleet')
    const { rmse, naive } = errorsIn(versions[0]!.manifest!.metrics)
    expect(versions[0]!.status).toBe(rmse > naive * 1.005 ? 'rejected' : 'written')
    expect(versions[0]!.manifest!.gate.reason).toMatch(/times the error of repeating/)
  })
})

function errorsIn(metrics: any) {
  const naive = metrics.member_scores.find((row: any) => row.member === 'persistence')
  return { rmse: metrics.scores.rmse_watts as number, naive: naive.rmse_watts as number }
}

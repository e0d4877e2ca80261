import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../../src/services/store/index.ts'
import { dailyWatts, historicFleet, startForecasts } from '../../support/forecasts.ts'

const PROGRAM = fileURLToPath(new URL('work-until-killed.ts', import.meta.url))
let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'forecasts-'))
})
afterAll(async () => rm(dir, { recursive: true, force: true }))

/** Kills a process while it trains and has answered a part of its batch; gives the ids of both. */
async function killedInTheMiddle(path: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const isInTheMiddle = (): boolean => /^running ([2-9]|1[01])$/m.test(said)
  for (let tries = 0; tries < 1800 && !isInTheMiddle() && child.exitCode === null; tries += 1)
    await setTimeout(50)
  const isRight = isInTheMiddle()
  child.kill('SIGKILL')
  await once(child, 'close')
  const [, training = '', batch = ''] = /^ids (\S+) (\S+)$/m.exec(said) ?? []
  return { training, batch, isRight }
}

describe('a process that is killed during a training and a batch', () => {
  it('loses nothing, and the next one does nothing twice', async () => {
    const path = join(dir, 'state.db')
    const { training, batch, isRight } = await killedInTheMiddle(path)
    expect(isRight).toBe(true)
    const before = await openStore({ path })
    const kept = (await before.jobs.items(batch)).filter(({ result }) => result !== null)
    expect((await before.forecastModels.list()).flatMap(({ versions }) => versions)).toEqual([])
    await before.close()

    const next = await startForecasts(historicFleet(dailyWatts), {
      place: { path },
    })
    const { forecasts, failures } = next
    forecasts.start()
    const stateOf = async () => [
      (await forecasts.jobs.one('training', training)).state,
      (await forecasts.jobs.one('batch', batch)).state,
    ]
    for (let tries = 0; tries < 900 && !(await stateOf()).every((s) => s === 'done'); tries += 1)
      await setTimeout(100)
    expect(failures).toEqual([])
    expect(await stateOf()).toEqual(['done', 'done'])
    const items = await forecasts.jobs.items(batch)
    expect(items.every(({ result }) => result?.startsWith('{"answer"') === true)).toBe(true)
    // What was answered before is what it was.
    for (const { position, result } of kept) expect(items[position]!.result).toBe(result)
    const [model] = await forecasts.models.list()
    expect(model).toMatchObject({ id: 'power.fleet', versions: [{ version: 1 }] })

    // The same job, carried out once more, is the same version.
    const { store, ...again } = await startForecasts(historicFleet(dailyWatts), { place: { path } })
    const stored = (await store.forecastModels.list())[0]!.versions[0]!
    const number = await store.forecastModels.add({
      modelId: 'power.fleet',
      target: '{"kind":"fleet"}',
      jobId: training,
      manifest: stored.manifest,
      weights: null,
      at: new Date(),
    })
    expect(number).toBe(1)
    await again.close()
    await next.close()
  }, 300_000)
})

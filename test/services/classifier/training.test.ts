import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createClassifier } from '../../../src/services/classifier/index.ts'
import { objection } from '../../../src/services/classifier/objection.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { openStore } from '../../../src/services/store/index.ts'
import { createFleet } from '../../support/fleet.ts'
import { settle } from '../../support/fake-timers.ts'
import { fakeClock } from '../../support/test-app.ts'

afterEach(() => vi.useRealTimers())

type Judged = Parameters<typeof objection>[0]

/** Only the scores are looked at. */
const judged = (own: number | null, current: number | null): Judged =>
  ({
    model: { scores: { grouped: { macro_f1: own } } },
    current: current === null ? null : { macro_f1: current },
  }) as unknown as Judged

describe('a version of the classifier', () => {
  it.each([
    ['the first that is right often enough', 0.6, null, null],
    ['one that is as good as the one in use', 0.9, 0.9, null],
    ['one that is a little worse than one that has seen the windows', 0.86, 0.9, null],
  ])('is used: %s', (_what, own, current, reason) => {
    expect(objection(judged(own, current))).toBe(reason)
  })

  it.each([
    ['is right too rarely', 0.49, null, /is 0\.49, and 0\.5 is the least/],
    ['has no score', null, null, /is 0\.00/],
    ['is worse than the one in use', 0.7, 0.9, /is 0\.70, and that of the model in use is 0\.90/],
  ])('is kept and not used when it %s', (_what, own, current, reason) => {
    expect(objection(judged(own, current))).toMatch(reason)
  })
})

describe('the schedule of the classifier', () => {
  it('trains when the last version is older than the interval, and tells what became of it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const clock = fakeClock()
    const { telemetry } = createFleet({ seoul: 'kube_node_info{node="a"} 1' }, clock.now)
    const store = await openStore({ path: ':memory:' })
    await store.models.save({
      kind: 'workload_type',
      created_at: clock.now(),
      scores: {},
      body: {},
      note: 'for the test',
    })
    const outcomes: object[] = []
    const classifier = createClassifier({
      telemetry,
      fleet: createFleetReader({ telemetry, identity: { rewrites: [], bmcs: [] } }),
      models: store.models,
      windows: 1,
      intervalSeconds: 7200,
      now: clock.now,
      onTraining: (outcome) => outcomes.push(outcome),
    })
    onTestFinished(async () => {
      await classifier.close()
      await store.close()
    })
    const pass = async (seconds: number): Promise<void> => {
      clock.advance(seconds)
      vi.advanceTimersByTime(seconds * 1000)
      await settle()
    }
    await pass(600)
    expect(outcomes).toEqual([])
    clock.advance(7200)
    await pass(600)
    await vi.waitFor(() => expect(outcomes).toHaveLength(1), { timeout: 10_000 })
    expect(outcomes[0]).toMatchObject({ model: null, reason: expect.any(String) as string })
  })
})

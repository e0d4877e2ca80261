import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOURCES } from '../../../src/catalogue/sources/index.ts'
import {
  createClassifier,
  windowEnding,
  type Classifier,
} from '../../../src/services/classifier/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { openStore, type Store } from '../../../src/services/store/index.ts'
import { readRecords, type WorkloadRecord } from '../../../src/services/workloads/index.ts'
import { createWorld } from '../../../src/simulator/world.ts'
import { sizedCluster } from '../../../src/simulator/plan.ts'
import { workloadFeatures } from '../../../src/analysis/workloads/features.ts'
import { simulatedFleet } from '../../support/simulated-fleet.ts'
import { fakeClock } from '../../support/test-app.ts'

const clock = fakeClock('2026-11-20T05:00:00.000Z')
const signal = new AbortController().signal
const site = (name: string) => ({
  ...sizedCluster({ name, nodes: 3, gpusPerNode: 8, pods: 60 }),
  kepler: true,
  servicePods: { cpu: 8, accelerated: 3 },
})
const world = createWorld({
  seed: 11,
  clusters: [site('a'), site('b')],
})

let store: Store
let classifier: Classifier
let records: readonly WorkloadRecord[]
const outcomes: unknown[] = []

beforeAll(async () => {
  store = await openStore({ path: ':memory:' })
  const { telemetry } = simulatedFleet(world, clock.now, SOURCES)
  const needs = {
    telemetry,
    fleet: createFleetReader({ telemetry, identity: { rewrites: [], bmcs: [] } }),
  }
  classifier = createClassifier({
    ...needs,
    models: store.models,
    windows: 2,
    intervalSeconds: 0,
    now: clock.now,
    onTraining: (outcome) => outcomes.push(outcome),
  })
  await classifier.train(signal)
  const at = clock.now()
  const read = await readRecords(needs, {
    clusters: undefined,
    at,
    signal,
    range: windowEnding(at),
    only: null,
  })
  records = read.records
})
afterAll(async () => {
  await classifier.close()
  await store.close()
})

/** What a pod of the simulator really does, by its namespace; null for those that no type is for. */
const TRUTH: Readonly<Record<string, string | null>> = {
  'ai-research': 'training',
  'ai-platform': 'training',
  serving: 'serving',
  data: 'batch',
  jupyter: 'interactive',
  research: 'interactive',
  web: null,
  platform: null,
  'kube-system': null,
}
const truthOf = ({ workload }: WorkloadRecord) =>
  workload.kind === 'pod' ? (TRUTH[workload.namespace] ?? null) : null

describe('the classifier at a simulated site', () => {
  it('learns from what is labelled, in a thread, and keeps the version with both scores', async () => {
    expect(outcomes).toHaveLength(1)
    const [version] = await store.models.list('workload_type')
    expect(version).toMatchObject({ version: 1, is_active: true, note: null })
    expect(await classifier.model()).toEqual(version)
    expect(version?.scores).toMatchObject({ sites: 2 })
    expect(version?.scores['unseen_site']).not.toBeNull()
  })

  it('is right in at least 95 of 100 with labels and servers, and says unknown for services and daemons', async () => {
    const judged = await Promise.all(
      records.map(async (record) => ({
        truth: truthOf(record) ?? 'unknown',
        type: (await classifier.ofRecord(record)).type,
      })),
    )
    const types = ['training', 'serving', 'batch', 'interactive', 'unknown']
    const f1 = types.map((type) => {
      const own = judged.filter(({ truth }) => truth === type).length
      const said = judged.filter((one) => one.type === type).length
      const right = judged.filter((one) => one.type === type && one.truth === type).length
      return own === 0 ? null : (2 * right) / (own + said)
    })
    const known = f1.filter((score) => score !== null)
    expect(known.length).toBeGreaterThanOrEqual(4)
    expect(known.reduce((sum, score) => sum + score, 0) / known.length).toBeGreaterThanOrEqual(0.95)
    expect(judged.filter(({ truth }) => truth === 'unknown').length).toBeGreaterThan(10)
  })

  it('does not know a load that is like none of the site, nor one of which it is told too little', async () => {
    const signs = { ...NAMELESS }
    const strange = workloadFeatures({
      watts: Array.from({ length: 60 }, (_, step) => (step % 2 === 0 ? 90_000 : 1)),
      accelerator_watts: Array.from({ length: 60 }, () => 40_000),
      accelerator_percent: Array.from({ length: 60 }, () => 50),
      cpu_cores: Array.from({ length: 60 }, () => 4000),
      memory_mb: Array.from({ length: 60 }, () => 9e9),
      accelerators: 512,
    })
    expect(await classifier.ofSigns(signs, strange)).toMatchObject({
      type: 'unknown',
      method: 'none',
    })
    expect(await classifier.ofSigns(signs, null)).toMatchObject({ type: 'unknown' })
  })

  it('does not use a version that is worse, and says why', async () => {
    const { body } = (await store.models.active('workload_type')) ?? {}
    await store.models.save({
      kind: 'workload_type',
      created_at: clock.now(),
      scores: {},
      body: body ?? {},
      note: 'its macro-F1 is 0.40, and that of the model in use is 0.90 at the same windows',
    })
    expect(
      (await store.models.list('workload_type')).map(({ version, is_active: active }) => [
        version,
        active,
      ]),
    ).toEqual([
      [2, false],
      [1, true],
    ])
  })
})

const NAMELESS = {
  workload_type: null,
  training_job: null,
  inference_service: null,
  batch_job: null,
  owner_kind: null,
  app: null,
  pod: 'p',
  container: null,
}

import { describe, expect, it } from 'vitest'
import {
  trainClassifier,
  judge,
  type LabelledWindow,
} from '../../../src/analysis/workloads/classifier.ts'
import { classify } from '../../../src/analysis/workloads/classify.ts'
import {
  workloadTypeOf,
  type WorkloadSigns,
} from '../../../src/analysis/workloads/workload-type.ts'
import { createRandom } from '../../../src/analysis/trees/random.ts'

const NOTHING: WorkloadSigns = {
  workload_type: null,
  training_job: null,
  inference_service: null,
  batch_job: null,
  owner_kind: null,
  app: null,
  pod: 'p',
  container: null,
}
const SERVES = { tokens_per_second: 812.5, inferences_per_second: null, requests_running: 3 }
const FEATURES = ['a', 'b'] as const

/** Two kinds of workloads that one feature tells apart. */
function windows(sites = 1): readonly LabelledWindow[] {
  const random = createRandom(4)
  return Array.from({ length: 200 }, (_, index) => {
    const type = index % 2 === 0 ? 'training' : 'batch'
    return {
      features: [(type === 'training' ? 1 : 2) + 0.3 * random(), random()],
      type,
      group: `${type}-${index % 20}`,
      site: `site-${index % sites}`,
    }
  })
}

function model(sites = 1) {
  const trained = trainClassifier(windows(sites), FEATURES)
  if ('reason' in trained) throw new Error(trained.reason)
  return trained
}

describe('classify', () => {
  it('lets a label win over what the server reports, and that over names and models', () => {
    const judgement = judge(model(), [1.1, 0.5])
    const named = { ...NOTHING, app: 'jupyterhub' }
    expect(
      classify({ signs: { ...named, workload_type: 'batch' }, serving: SERVES, judgement }),
    ).toMatchObject({
      type: 'batch',
      probability: 1,
      method: 'declared',
    })
    expect(classify({ signs: named, serving: SERVES, judgement })).toMatchObject({
      type: 'serving',
      method: 'observed',
      evidence: [
        {
          kind: 'serving_metrics',
          detail: 'an inference server reports tokens_per_second=812.5, requests_running=3',
        },
        { kind: 'name', says: 'interactive' },
        { kind: 'model', says: 'training' },
      ],
    })
    expect(classify({ signs: named, serving: null, judgement }).type).toBe('interactive')
    expect(classify({ signs: NOTHING, serving: null, judgement })).toMatchObject({
      type: 'training',
      method: 'model',
    })
  })

  it('agrees with the type of the breakdown wherever signs decide', () => {
    for (const signs of [
      { ...NOTHING, app: 'jupyterhub', batch_job: 'nightly' },
      { ...NOTHING, owner_kind: 'CronJob', container: 'vllm' },
      { ...NOTHING, training_job: 'x', pod: 'vllm-0' },
      { ...NOTHING, workload_type: 'unknown', training_job: 'x' },
    ])
      expect(classify({ signs, serving: null, judgement: null }).type).toBe(workloadTypeOf(signs))
  })

  it('does not know what it has not seen, and says why', () => {
    const far = judge(model(), [9, 0.5])
    expect(classify({ signs: NOTHING, serving: null, judgement: far })).toMatchObject({
      type: 'unknown',
      probability: null,
      reason: 'unlike all workloads that were learnt from in a',
    })
    const blind = judge(model(), [Number.NaN, 0.5])
    expect(classify({ signs: NOTHING, serving: null, judgement: blind }).reason).toBe(
      'other figures are known of it than of all workloads that were learnt from',
    )
    expect(classify({ signs: NOTHING, serving: null, judgement: null }).type).toBe('unknown')
  })

  it('does not decide between what looks alike', () => {
    const random = createRandom(8)
    const alike = windows().map((window) => ({ ...window, features: [random(), random()] }))
    const trained = trainClassifier(alike, FEATURES)
    if ('reason' in trained) throw new Error(trained.reason)
    const judged = Array.from({ length: 50 }, () =>
      classify({ signs: NOTHING, serving: null, judgement: judge(trained, [random(), random()]) }),
    )
    expect(judged.filter(({ type }) => type === 'unknown').length).toBeGreaterThan(35)
    expect(judged.find(({ type }) => type === 'unknown')?.reason).toMatch(/not sure enough/)
  })
})

describe('trainClassifier', () => {
  it('scores itself on workloads and on sites that it has not seen', () => {
    const { scores } = model(3)
    expect(scores).toMatchObject({ windows: 200, groups: 20, sites: 3 })
    expect(scores.grouped.macro_f1).toBeGreaterThan(0.99)
    expect(scores.unseen_site?.macro_f1).toBeGreaterThan(0.99)
    expect(model(1).scores.unseen_site).toBeNull()
  })

  it('says what it lacks', () => {
    expect(trainClassifier([], FEATURES)).toEqual({
      reason:
        'windows of at least two types are needed, each of 3 or more workloads; there are none with a declared type',
    })
    const one = windows().filter(({ type }) => type === 'batch')
    expect(trainClassifier(one, FEATURES)).toMatchObject({
      reason: expect.stringContaining('there are 10 of batch') as string,
    })
  })
})

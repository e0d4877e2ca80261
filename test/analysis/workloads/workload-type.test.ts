import { describe, expect, it } from 'vitest'
import {
  workloadTypeOf,
  type WorkloadSigns,
} from '../../../src/analysis/workloads/workload-type.ts'

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

describe('workloadTypeOf', () => {
  it.each([
    ['training', { training_job: 'llm' }],
    ['training', { owner_kind: 'PyTorchJob' }],
    ['serving', { inference_service: 'llama' }],
    ['serving', { owner_kind: 'StatefulSet', container: 'npu-llm' }],
    ['serving', { container: 'vllm-openai' }],
    ['interactive', { app: 'jupyterhub', pod: 'jupyter-hana-x' }],
    ['batch', { batch_job: 'embed', owner_kind: 'Job' }],
    ['batch', { owner_kind: 'CronJob' }],
    ['unknown', { owner_kind: 'ReplicaSet', pod: 'gateway-7d' }],
    ['unknown', {}],
    ['interactive', { workload_type: 'Interactive', training_job: 'llm' }],
    ['training', { workload_type: 'nonsense', training_job: 'llm' }],
  ] as const)('%s', (expected, signs) => {
    expect(workloadTypeOf({ ...NOTHING, ...signs })).toBe(expected)
  })
})

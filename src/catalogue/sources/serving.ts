import type { NonEmpty } from '../../kernel/kind.ts'
import type { Origin, SourceSpec } from '../source.ts'
import { POD_OWNERS } from './owners.ts'
import { AMOUNT, BOARD_WATTS, DEVICE_BYTES, JOULES, RATIO } from './ranges.ts'

const perSecond = (metrics: NonEmpty<string>, addends: NonEmpty<string>): Origin<'count'> => ({
  metrics,
  unit: 'per_second',
  rate: true,
  addends,
  plausible: { least: 0, most: 1e12 },
})

const requests = (metric: string): Origin<'count'> => ({
  metrics: [metric],
  unit: 'count',
  addends: ['engine'],
  plausible: AMOUNT,
})

/** Inference servers by vLLM. The pod is the scraped one, by the labels of its target. */
export const vllm = {
  name: 'vllm',
  title: 'vLLM',
  vendor: null,
  entity: 'serving',
  reference: 'vllm-project/vllm docs/usage/metrics.md, docs/design/metrics.md',
  freshnessSeconds: 120,
  labels: { server: ['instance'], served_model: ['model_name'], node: ['node'] },
  identity: ['namespace', 'pod', 'server', 'served_model'],
  owners: POD_OWNERS,
  presence: ['requests_running'],
  measures: {
    requests_running: requests('vllm:num_requests_running'),
    requests_waiting: requests('vllm:num_requests_waiting'),
    kv_cache_used_percent: {
      metrics: ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc'],
      unit: 'ratio',
      addends: ['engine'],
      combine: 'avg',
      plausible: RATIO,
    },
    tokens_generated_per_second: perSecond(['vllm:generation_tokens_total'], ['engine']),
    tokens_prompted_per_second: perSecond(['vllm:prompt_tokens_total'], ['engine']),
    requests_per_second: perSecond(['vllm:request_success_total'], ['engine', 'finished_reason']),
  },
} as const satisfies SourceSpec

/** Inference servers by Triton. It counts inferences, and knows no tokens. */
export const triton = {
  name: 'triton',
  title: 'Triton inference server',
  vendor: null,
  entity: 'serving',
  reference: 'triton-inference-server/server docs/user_guide/metrics.md',
  freshnessSeconds: 120,
  labels: { server: ['instance'], served_model: ['model'], node: ['node'] },
  identity: ['namespace', 'pod', 'server', 'served_model'],
  owners: POD_OWNERS,
  presence: ['requests_per_second'],
  measures: {
    inferences_per_second: perSecond(['nv_inference_count'], ['version']),
    requests_per_second: perSecond(['nv_inference_request_success'], ['version']),
  },
} as const satisfies SourceSpec

/** The boards that Triton sees: the last resort, where nothing else reads them. */
export const tritonGpus = {
  name: 'triton_gpus',
  title: 'Triton inference server: GPUs',
  vendor: 'nvidia',
  entity: 'gpu',
  reference: triton.reference,
  freshnessSeconds: 120,
  // The target is the server's pod, which says nothing of the node unless a label does.
  labels: { uuid: ['gpu_uuid'], node: ['node', 'kubernetes_node'] },
  presence: ['power_watts', 'memory_used_mb'],
  measures: {
    power_watts: { metrics: ['nv_gpu_power_usage'], unit: 'watts', plausible: BOARD_WATTS },
    power_limit_watts: {
      metrics: ['nv_gpu_power_limit'],
      unit: 'watts',
      plausible: { least: 1, most: BOARD_WATTS.most },
    },
    energy_joules: { metrics: ['nv_energy_consumption'], unit: 'joules', plausible: JOULES },
    gpu_utilization_percent: {
      metrics: ['nv_gpu_utilization'],
      unit: 'ratio',
      plausible: RATIO,
    },
    memory_used_mb: {
      metrics: ['nv_gpu_memory_used_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
    memory_total_mb: {
      metrics: ['nv_gpu_memory_total_bytes'],
      unit: 'bytes',
      plausible: DEVICE_BYTES,
    },
  },
} as const satisfies SourceSpec

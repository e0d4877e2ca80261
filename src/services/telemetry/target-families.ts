import type { Entity } from '../../catalogue/entities.ts'
import type { Labels } from '../../promql/samples.ts'

/** Exporters by what people call their scrape targets, and what their figures are of. */
export interface TargetFamily {
  readonly pattern: RegExp
  readonly entities: readonly Entity[]
}

const DEVICES: readonly Entity[] = ['gpu', 'npu']
const WORKLOADS: readonly Entity[] = ['pod', 'container']

/** Every family; of several that a name fits the first counts. */
export const TARGET_FAMILIES: readonly TargetFamily[] = [
  { pattern: /dcgm|nvidia|amd|rocm|gaudi|habana|xpu|metax|mtgpu|hygon|dcu/i, entities: ['gpu'] },
  { pattern: /furiosa|rbln|rebellions|ascend|npu|mlu|cambricon|tpu|neuron/i, entities: DEVICES },
  { pattern: /kepler|scaphandre/i, entities: ['node', 'vm', 'gpu', ...WORKLOADS] },
  { pattern: /ipmi|idrac|redfish|bmc/i, entities: ['bmc', 'node'] },
  { pattern: /kube-?state|ksm/i, entities: ['node', ...WORKLOADS] },
  { pattern: /kubelet|cadvisor/i, entities: ['node', ...WORKLOADS] },
  { pattern: /node[-_]?exporter/i, entities: ['node'] },
  { pattern: /libvirt|openstack/i, entities: ['vm'] },
  { pattern: /vllm|triton/i, entities: ['serving'] },
]

const SAYING = ['job', 'service', 'container', 'pod'] as const

/** The family of a scrape target, by the labels that a deployment gives it; undefined for what is no exporter of ours. */
export function familyOf(labels: Labels): TargetFamily | undefined {
  const texts = SAYING.flatMap((label) => labels[label] ?? [])
  return TARGET_FAMILIES.find(({ pattern }) => texts.some((text) => pattern.test(text)))
}

import type { MeasureSpec } from './measure.ts'

/** What is known and measured of virtual machines and inference servers. */
export const MACHINE_MEASURES = {
  memory_allocated_mb: {
    dimension: 'memory',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: 'Memory that a virtual machine has at the moment.',
  },
  vm_present: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'static',
    parts: 'whole',
    meaning: '1 for every virtual machine, with what is known of it.',
  },
  vm_state_code: {
    dimension: 'code',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning:
      'The state of a virtual machine as libvirt counts it: 1 running, 3 paused, 5 shut off, …',
  },
  nova_status_code: {
    dimension: 'code',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning:
      'The status of a virtual machine as openstack-exporter counts it; the label status says it in words.',
  },
  flavor_present: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'static',
    parts: 'whole',
    meaning: '1 for every flavour of virtual machines.',
  },
  project_present: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'static',
    parts: 'whole',
    meaning: 'A value for every project that owns virtual machines.',
  },
  requests_running: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: 'Requests that an inference server works on.',
  },
  requests_waiting: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: 'Requests that wait at an inference server.',
  },
  requests_per_second: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: 'Requests a second that an inference server has answered.',
  },
  kv_cache_used_percent: {
    dimension: 'share',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: 'How full the cache of keys and values of a language model is.',
  },
  tokens_generated_per_second: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: 'Output tokens a second of an inference server.',
  },
  tokens_prompted_per_second: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: 'Input tokens a second of an inference server.',
  },
  inferences_per_second: {
    dimension: 'count',
    kind: 'gauge',
    pace: 'realtime',
    parts: 'whole',
    meaning: 'Inferences a second of an inference server.',
  },
} as const satisfies Readonly<Record<string, MeasureSpec>>

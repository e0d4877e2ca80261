import type { z } from 'zod'
import type {
  alertEventSchema,
  alertSchema,
  deliverySchema,
  receiverSchema,
} from './alert-schemas.ts'
import type { previewedSchema, previewSchema } from './preview-schemas.ts'
import type { newRuleSchema, ruleSchema } from './rule-schemas.ts'

const hotGpu = {
  kind: 'threshold',
  figure: {
    metric: 'kcloud_gpu_temperature_celsius',
    where: {},
    aggregate: 'max',
    by: ['cluster', 'node'],
  },
  above: 60,
  below: null,
  clear: 55,
} as const

const group = { cluster: 'seoul', node: 'gpu-worker-4' }

/** Answers of the demo, as the documentation shows them. */
export const EXAMPLES: {
  readonly newRule: z.input<typeof newRuleSchema>
  readonly rule: z.input<typeof ruleSchema>
  readonly alert: z.input<typeof alertSchema>
  readonly event: z.input<typeof alertEventSchema>
  readonly receivers: z.input<typeof receiverSchema>[]
  readonly delivery: z.input<typeof deliverySchema>
  readonly preview: z.input<typeof previewSchema>
  readonly previewed: z.input<typeof previewedSchema>
} = {
  newRule: {
    name: 'hot-gpu',
    summary: '{cluster}/{node}: a GPU is at {value} °C',
    condition: {
      kind: 'threshold',
      figure: {
        metric: 'kcloud_gpu_temperature_celsius',
        aggregate: 'max',
        by: ['cluster', 'node'],
      },
      above: 60,
      clear: 55,
    },
    for: '1m',
  },
  rule: {
    id: 'hot-gpu',
    version: 1,
    name: 'hot-gpu',
    description: 'A GPU whose cooling does not keep up.',
    enabled: true,
    severity: 'warning',
    labels: {},
    summary: '{cluster}/{node}: a GPU is at {value} °C',
    condition: { ...hotGpu, figure: { ...hotGpu.figure, by: ['cluster', 'node'] } },
    for: '1m',
    keep_firing_for: '0s',
    least_coverage: 0.9,
    no_data: { after: '5m', tell: true, forget_after: '1d' },
    receivers: [],
    origin: 'api',
    counts: { ok: 1, pending: 10, firing: 0, no_data: 0 },
    last_evaluation: {
      at: '2026-11-29T00:08:01.864Z',
      outcome: 'ok',
      detail: null,
      seconds: 0.51020601,
      groups: 11,
      cut_groups: 0,
    },
    created_by: 'demo',
    created_at: '2026-11-29T00:07:10.738Z',
    updated_at: '2026-11-29T00:07:10.738Z',
  },
  alert: {
    rule_id: 'hot-gpu',
    severity: 'warning',
    state: 'pending',
    since: '2026-11-29T00:08:01.864Z',
    labels: group,
    value: 65,
    unit: '°C',
    value_at: '2026-11-29T00:08:01.864Z',
    pending_seconds: 0,
    alert_id: null,
    starts_at: null,
    no_data_since: null,
    reason: null,
    evaluated_at: '2026-11-29T00:08:01.864Z',
  },
  event: {
    event_id: '1b0e2a37-5d0e-4f6e-8f0f-2f7d5a0a9a11',
    rule_id: 'hot-gpu',
    at: '2026-11-29T00:09:01.870Z',
    kind: 'firing',
    severity: 'warning',
    alert_id: '5e7a4b0d2f1c9e8b7a6d5c4f3e2d1c0b',
    fingerprint: '9c3b1f2e4d5a6b7c',
    labels: { ...group, alertname: 'hot-gpu', severity: 'warning' },
    group,
    annotations: {
      summary: 'seoul/gpu-worker-4: a GPU is at 65 °C',
      description:
        'max of kcloud_gpu_temperature_celsius by cluster, node: 65 °C, the limit is above 60 °C',
    },
    value: 65,
    unit: '°C',
    reason: null,
    starts_at: '2026-11-29T00:09:01.870Z',
    ends_at: null,
  },
  receivers: [{ name: 'operators', type: 'slack', repeat_seconds: 14_400, tells_resolved: true }],
  delivery: {
    delivery_id: 'c6a6c6b0-0d39-4b63-9f38-6d7b1ef0a7f4',
    rule_id: 'hot-gpu',
    receiver: 'operators',
    reason: 'change',
    alerts: 10,
    state: 'delivered',
    attempts: 1,
    next_at: null,
    problem: null,
    created_at: '2026-11-29T00:09:01.870Z',
    settled_at: '2026-11-29T00:09:02.104Z',
  },
  preview: {
    period: '6h',
    step: '5m',
    rule: {
      condition: {
        kind: 'threshold',
        figure: {
          metric: 'kcloud_gpu_temperature_celsius',
          aggregate: 'max',
          by: ['cluster', 'node'],
        },
        above: 60,
        clear: 55,
      },
      for: '1m',
    },
  },
  previewed: {
    start: '2026-11-28T18:05:00.000Z',
    end: '2026-11-29T00:05:00.000Z',
    step_seconds: 300,
    unit: '°C',
    thresholds: { above: 60, below: null, clear: 55 },
    fired: 1,
    firing_seconds: 2700,
    no_data_seconds: 0,
    episodes: [
      {
        labels: group,
        starts_at: '2026-11-28T18:10:00.000Z',
        ends_at: '2026-11-28T18:55:00.000Z',
        seconds: 2700,
      },
    ],
    cut_episodes: 0,
    series: [
      {
        labels: group,
        fired: 1,
        points: [
          [1795889100, 68, 'pending'],
          [1795889400, 68, 'firing'],
        ],
      },
    ],
    cut_series: 0,
  },
}

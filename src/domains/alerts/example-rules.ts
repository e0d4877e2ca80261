import type { RuleSpec } from '../../analysis/alerts/rule.ts'
import { newRuleSchema } from './rule-schemas.ts'

/** Rules of the demo: some of them have something to tell. */
export const EXAMPLE_RULES: readonly RuleSpec[] = [
  {
    name: 'hot-gpu',
    description: 'A GPU whose cooling does not keep up.',
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
  {
    name: 'silent-node',
    description: 'A node whose power was known and is not any more.',
    condition: {
      kind: 'absence',
      figure: { metric: 'kcloud_power_watts', by: ['cluster', 'node'] },
    },
    for: '5m',
  },
  {
    name: 'power-jump',
    description: 'A cluster that draws much more than an hour ago.',
    condition: {
      kind: 'change',
      figure: { metric: 'kcloud_power_watts', by: ['cluster'] },
      window: '1h',
      direction: 'up',
      percent: 30,
    },
    for: '5m',
  },
  {
    name: 'poor-coverage',
    description: 'A cluster of which too little is measured: its totals are too low.',
    condition: { kind: 'quality', check: 'coverage', below: 0.95 },
    for: '1m',
  },
].map((rule) => newRuleSchema.parse(rule))

import { COST, COST_TABLE } from './cost-figures.ts'
import { DEVICE_FIGURES } from './device-figures.ts'
import type { Figure, Option } from './figure.ts'
import { BUDGET, FORECAST } from './forecast-figures.ts'
import { MEASURE_FIGURES } from './measure-figures.ts'
import { BREAKDOWN, COVERAGE, NODES, POWER } from './power-figures.ts'
import { CLUSTER_STATES, EVENTS, WARNINGS } from './quality-figures.ts'
import type { MetricRow } from './schemas.ts'

/** Every figure that panels can show, in the order of the list. */
export const FIGURES: readonly Figure[] = [
  POWER,
  BREAKDOWN,
  NODES,
  ...DEVICE_FIGURES,
  COST,
  COST_TABLE,
  FORECAST,
  BUDGET,
  COVERAGE,
  CLUSTER_STATES,
  WARNINGS,
  EVENTS,
  ...MEASURE_FIGURES,
]

/** A figure as the query editor lists it. */
export const metricRow = ({ name, label, options }: Figure): MetricRow => ({
  label,
  value: name,
  payloads: options.map(payloadRow),
})

function payloadRow({ name, label, hint, choices, several = false }: Option) {
  const common = { name, label, placeholder: hint, width: 24, reloadMetric: false }
  if (choices === undefined) return { ...common, type: 'input' as const }
  const type = several ? ('multi-select' as const) : ('select' as const)
  // Without options the editor asks for them, one option at a time.
  if ('valuesOf' in choices) return { ...common, type }
  return { ...common, type, options: choices.map((value) => ({ label: value, value })) }
}

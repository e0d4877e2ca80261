import { KCloudError } from '../../kernel/errors.ts'
import type { PowerAnswer } from '../../services/forecast/index.ts'
import { CLUSTERS, NOTHING, type Asked, type Figure, type Line } from './figure.ts'
import { unfiltered } from './power-figures.ts'

const SHOWN = {
  forecast: 'predicted_power',
  'lower 80 %': 'lower_80',
  'upper 80 %': 'upper_80',
  'lower 95 %': 'lower_95',
  'upper 95 %': 'upper_95',
} as const

/** The power to come, with the bands that say how sure it is. */
export const FORECAST: Figure = {
  name: 'power_forecast',
  label: 'Power to come, with its bands',
  options: [
    { ...CLUSTERS, several: false, hint: 'the whole fleet' },
    { name: 'node', label: 'Node', hint: 'none', choices: { valuesOf: 'node' } },
    { name: 'horizon', label: 'Horizon', hint: '1h' },
  ],
  async read({ forecasts, registry }, asked) {
    const { payload, signal, at, filters } = asked
    const question = {
      cluster: onlyCluster(asked, registry.all().length),
      node: payload.text('node'),
      prediction_horizon: payload.text('horizon') ?? '1h',
    }
    const { answer, clusters, warnings } = await forecasts.power(question, {
      at: at('series'),
      signal,
    })
    return {
      clusters,
      warnings,
      lines: Object.entries(SHOWN).flatMap(([name, field]) => lineOf(answer, name, field)),
      notes: [...answer.notes, ...unfiltered(filters)],
    }
  },
}

/** A forecast is of one cluster, or of the whole fleet. */
function onlyCluster({ clusters }: Asked, known: number): string | undefined {
  if (clusters === undefined || clusters.length === known) return undefined
  const [first, second] = clusters
  if (second === undefined) return first
  throw new KCloudError('unprocessable', {
    detail: 'a forecast is of one cluster or of the whole fleet: choose one cluster, or all',
  })
}

type Field = (typeof SHOWN)[keyof typeof SHOWN]

/** A band that nothing is known of is no line. */
function lineOf({ predictions }: PowerAnswer, name: string, field: Field): readonly Line[] {
  const points = predictions.map((each) => [each[field], each.timestamp.getTime()] as const)
  if (points.every(([value]) => value === null)) return []
  return [{ name, labels: { band: name }, points, unit: 'watt' }]
}

/** A limit that somebody chose, as a line to hold the power against. */
export const BUDGET: Figure = {
  name: 'power_budget',
  label: 'A power budget as a line',
  options: [{ name: 'watts', label: 'Watts', hint: 'such as 12000' }],
  read(...[, { payload, steps, start, end }]) {
    const watts = payload.number('watts', Number.NaN)
    if (Number.isNaN(watts) || steps === null) return Promise.resolve(NOTHING)
    const points = [start, end].map((time) => [watts, time.getTime()] as const)
    const line = { name: 'budget', labels: {}, points, unit: 'watt' }
    return Promise.resolve({ ...NOTHING, lines: [line] })
  },
}

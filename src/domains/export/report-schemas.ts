import { z } from 'zod'
import { TEMPLATES } from '../../analysis/report/period.ts'
import { USES } from '../../analysis/report/report.ts'
import { timestamp } from '../../http/wire.ts'
import {
  cluster,
  costSchema,
  manifestSchema,
  qualitySchema,
  warning,
} from './report-account-schemas.ts'

const figure = z.number().nullable()
const time = timestamp.nullable()
const text = z.string().nullable()
const date = z.string().describe('A date in the time zone of the report.')

const compared = z.object({
  current: figure,
  previous: figure,
  change_percent: figure.describe('Null where either is not reported, or the one before is 0.'),
})

const periodSchema = z.object({
  start_date: date,
  end_date: date,
  start: timestamp,
  end: timestamp,
  hours: z.number().describe('23 or 25 for a day on which the clocks are changed.'),
  is_over: z.boolean(),
})

const energyShape = {
  energy_joules: figure,
  mean_power_watts: figure.describe('Of the time that was measured.'),
  share_percent: figure.describe('Of the energy of all.'),
}
const peakShape = { peak_power_watts: figure, peak_start: time, peak_end: time }

const demandSchema = z.object({
  interval_seconds: z.number().describe('The time that a mean is of.'),
  ...peakShape,
  lowest_power_watts: figure,
  load_factor: figure.describe('Mean ÷ peak, 0 to 1.'),
  previous_peak_power_watts: figure,
})

const seriesRow = z.object({
  name: z.string(),
  unit: z.enum(['watts', 'percent', 'celsius']),
  points: z
    .array(z.tuple([z.number(), figure]))
    .describe('Unix seconds at the end of a step, and the mean of it; a gap is null.'),
})

const trendSchema = z.object({
  step_seconds: z.number(),
  buckets: z
    .array(
      z.object({
        start_date: date,
        end_date: date,
        hours: z.number(),
        energy_joules: figure,
        mean_power_watts: figure,
        ...peakShape,
        covered_seconds: z.number(),
      }),
    )
    .describe('A row for each day; for each week in periods of more than 93 days.'),
  power: z.array(seriesRow),
  previous_power: seriesRow,
  utilization: z.array(seriesRow),
  temperature: z.array(seriesRow),
})

const clusterRow = z.object({
  cluster: z.string(),
  ...energyShape,
  ...peakShape,
  covered_seconds: z.number(),
  coverage: figure.describe('The mean share of nodes with a meter, 0 to 1.'),
  nodes: z.object({ known: z.int(), measured: z.int(), estimated: z.int() }),
  accelerators: z.int(),
})

const nodeRow = z.object({
  rank: z.int(),
  cluster: z.string(),
  node: z.string(),
  ...energyShape,
  ...peakShape,
  method: z.enum(['measured', 'estimated']).nullable(),
  sources: z.array(z.string()),
  accelerators: z.int(),
  temperature_celsius_max: figure,
})

const userRow = z.object({
  rank: z.int().nullable(),
  cluster: text,
  name: z.string(),
  kind: z.enum(['named', 'others', 'idle', 'unattributed']),
  ...energyShape,
})

const useRow = z.object({
  board_hours: z.number(),
  energy_joules: figure,
  share_percent: figure,
})
const usesSchema = z
  .record(z.enum(USES), useRow)
  .describe(
    '`active`: busy; `allocated_idle`: idle, though somebody holds it; `unallocated`: held by nobody; `not_reported`: holder or utilisation is not reported.',
  )

const acceleratorSchema = z.object({
  boards: z.int(),
  step_seconds: z.number().describe('Boards are judged by their mean over steps of this length.'),
  idle_below_percent: z.number(),
  uses: usesSchema,
  by_model: z.array(
    z.object({
      kind: z.enum(['gpu', 'npu']),
      vendor: text,
      model: text,
      boards: z.int(),
      ...energyShape,
      board_power_watts: figure.describe('The mean of a board.'),
      utilization_percent: figure,
      uses: usesSchema,
    }),
  ),
  idle_boards: z.array(
    z.object({
      cluster: z.string(),
      node: text,
      device: z.string(),
      model: text,
      namespace: text,
      workload: text,
      idle_hours: z.number(),
      energy_joules: figure,
    }),
  ),
})

const temperatureRow = z.object({
  metric: z.enum([
    'gpu_temperature_celsius',
    'memory_temperature_celsius',
    'npu_temperature_celsius',
    'temperature_celsius',
  ]),
  things: z.int(),
  mean_celsius: z.number(),
  highest_celsius: z.number(),
  highest_cluster: z.string(),
  highest_node: text,
  highest_device: z.string(),
  highest_at: timestamp,
})

const efficiencySchema = z.object({
  pue: figure,
  pue_source: z.enum(['measured', 'assumed']).nullable(),
  previous_pue: figure,
  facility_energy_joules: figure,
  it_energy_joules: figure,
  covered_seconds: z.number(),
  facility_sources: z.array(z.string()),
  gpu_utilization_percent: figure,
  npu_utilization_percent: figure,
  workload_percent: figure,
  idle_percent: figure,
  unattributed_percent: figure,
})

/** A report as data. */
export const reportSchema = z.object({
  template: z.enum(TEMPLATES),
  timezone: z.string(),
  period: periodSchema,
  previous_period: periodSchema,
  summary: z.object({
    energy_joules: compared,
    energy_kwh: compared,
    mean_power_watts: compared,
    peak_power_watts: compared,
    gpu_utilization_percent: compared,
    npu_utilization_percent: compared,
    method: z.enum(['measured', 'estimated', 'attributed']).nullable(),
  }),
  demand: demandSchema,
  trend: trendSchema,
  parts: z.array(
    z.object({ part: z.enum(['gpu', 'npu', 'cpu', 'dram', 'other']), ...energyShape }),
  ),
  clusters: z.array(clusterRow),
  nodes: z.object({
    total: z.int(),
    rows: z.array(nodeRow),
    others: z.object(energyShape).nullable(),
    unplaced: z
      .object(energyShape)
      .nullable()
      .describe(
        'Of devices whose node nobody names, or has no total of its own: with it the nodes add up to the energy.',
      ),
  }),
  namespaces: z.object({ total: z.int(), rows: z.array(userRow) }),
  workload_types: z.array(userRow),
  accelerators: acceleratorSchema,
  temperatures: z.array(temperatureRow),
  efficiency: efficiencySchema,
  cost: costSchema.nullable().describe('Null where nothing was measured.'),
  quality: qualitySchema,
  manifest: manifestSchema,
})

/** A report in its envelope. */
export const reportAnswerSchema = z.object({
  data: reportSchema,
  meta: z.object({
    request_id: z.string(),
    observed_at: timestamp,
    status: z.enum(['complete', 'partial']),
    clusters: z.array(cluster),
    warnings: z.array(warning),
    simulated: z.literal(true).optional(),
  }),
})

import { z } from 'zod'
import { BREAKDOWNS } from '../../analysis/power/figures.ts'
import { NO_QUOTIENT } from '../../analysis/power/tokens.ts'
import { timestamp } from '../../http/wire.ts'
import { RESOURCE_CHOICES, type ResourceChoice } from '../../services/fleet/index.ts'
import { AGGREGATIONS } from '../../services/series/index.ts'

const watts = z.number().nullable()
const method = z.enum(['measured', 'estimated', 'attributed'])
const sources = z.array(z.string()).describe('Every source that the figures come from.')
const coverage = z
  .number()
  .nullable()
  .describe('Measured ÷ known nodes, 0 to 1; null without nodes.')

const partsSchema = z
  .object({
    cpu_watts: watts,
    dram_watts: watts,
    gpu_watts: watts,
    npu_watts: watts,
    other_watts: watts,
  })
  .describe('They add up to the total; null where no source tells the component apart.')

const totalShape = {
  total_power_watts: watts.describe('Null when nothing was measured.'),
  method: method
    .nullable()
    .describe('`estimated`: some of it is a lower bound, because a node has no meter of its own.'),
  coverage,
  parts: partsSchema,
  nodes: z.object({ known: z.int(), measured: z.int(), estimated: z.int() }),
  sources,
}

const clusterTotalSchema = z.object({ cluster: z.string(), ...totalShape })

/** The power of the fleet, every watt once. */
export const powerSchema = z.object({
  ...totalShape,
  part_sources: z.object({
    cpu: sources,
    dram: sources,
    gpu: sources,
    npu: sources,
    other: sources,
  }),
  by_cluster: z.array(clusterTotalSchema),
})

const boardsShape = {
  boards: z.int(),
  measured: z.int().describe('Boards that report their power.'),
  power_watts: watts,
  sources,
}

/** The power of GPUs and NPUs, each board once. */
export const acceleratorPowerSchema = z.object({
  total_power_watts: watts,
  method: method.nullable(),
  coverage: coverage.describe('Boards that report their power ÷ boards known, 0 to 1.'),
  boards: z.int(),
  measured: z.int(),
  sources,
  by_kind: z.array(z.object({ kind: z.enum(['gpu', 'npu']), ...boardsShape })),
  by_vendor: z.array(z.object({ vendor: z.string().nullable(), ...boardsShape })),
  by_cluster: z.array(z.object({ cluster: z.string(), ...boardsShape })),
})

/** The power of nodes: what stands around the accelerators, and which meters say so. */
export const infrastructurePowerSchema = z.object({
  ...totalShape,
  without_accelerators_watts: watts.describe('CPU, memory and the rest of all nodes.'),
  by_source: z.array(
    z.object({
      source: z.string().describe('The meter that counts; `components`: the sum of the parts.'),
      method,
      nodes: z.int(),
      power_watts: z.number(),
    }),
  ),
  by_node: z.array(
    z.object({
      cluster: z.string(),
      node: z.string(),
      power_watts: watts,
      method: method.nullable(),
      source: z.string().nullable(),
      sources,
      parts: partsSchema,
      disagreement_watts: z.number().describe('By how much the parts exceed the best meter.'),
      alternatives: z.array(
        z.object({ source: z.string(), power_watts: z.number(), ratio: z.number() }),
      ),
    }),
  ),
})

// The keys of an object of ours are those of its type.
const RESOURCE_NAMES = Object.keys(RESOURCE_CHOICES) as [ResourceChoice, ...ResourceChoice[]]

/** Which components are meant. */
export const resourceTypeSchema = z.enum(RESOURCE_NAMES)

/** A total by one dimension: the rows add up to it. */
export const breakdownSchema = z.object({
  by: z.enum(BREAKDOWNS),
  idle: z.enum(['separate', 'proportional', 'reserved']).describe('Who pays for idle power.'),
  resource_type: resourceTypeSchema.describe('Which components the total is of.'),
  total_power_watts: watts,
  coverage,
  rows: z.array(
    z.object({
      key: z
        .record(z.string(), z.string())
        .describe('What the row is of. `idle` and `unattributed` are the remainders.'),
      kind: z.enum(['named', 'idle', 'unattributed']),
      power_watts: z.number(),
      percentage: z.number().nullable().describe('Of the total; null when that is 0.'),
      method,
      sources,
    }),
  ),
})

const perSecond = z.number().nullable()

/** Tokens against the joules that the pods which serve them are attributed. */
const tokenShape = {
  pods: z.int().describe('Pods with an inference server.'),
  pods_related: z.int().describe('Those of which tokens and watts are known.'),
  tokens_generated_per_second: perSecond.describe('The mean of the time that is reported.'),
  tokens_prompted_per_second: perSecond,
  inferences_per_second: perSecond.describe('Of servers that count inferences, as Triton does.'),
  tokens_generated: z.number().nullable().describe('In the time that both are known.'),
  energy_joules: watts.describe('Of the same pods in the same time.'),
  tokens_per_joule: z.number().nullable().describe('Generated tokens ÷ joules.'),
  joules_per_token: z.number().nullable().describe('Null when no token was generated.'),
  reason: z
    .enum(NO_QUOTIENT)
    .nullable()
    .describe(
      'Why there is no quotient. `no_tokens_reported`: no server says what it generates; `no_pod_named`: nobody says which pods they are; `no_attributed_power`: nobody can attribute watts to these.',
    ),
  sources,
}

const tokensSchema = z.object({
  ...tokenShape,
  by_model: z.array(
    z.object({
      model: z.string().nullable().describe('Null: pods that serve several models at once.'),
      ...tokenShape,
    }),
  ),
  by_pod: z.array(
    z.object({
      cluster: z.string(),
      namespace: z.string().nullable(),
      pod: z.string().nullable(),
      server: z.string().nullable(),
      models: z.array(z.string()),
      ...tokenShape,
      power_watts: watts.describe('The mean of what the pod is attributed.'),
      covered_seconds: z.number().describe('The time in which both are known.'),
    }),
  ),
})

/** How well the power is used, over one window. */
export const efficiencySchema = z.object({
  window: z.object({ start: timestamp, end: timestamp, step_seconds: z.number() }),
  pue: z.number().nullable().describe('Energy of the facility ÷ energy of the computers.'),
  pue_source: z
    .enum(['measured', 'assumed'])
    .nullable()
    .describe('`measured` by a meter of the facility; `assumed` from the configuration; or null.'),
  facility: z.object({
    energy_joules: watts,
    power_watts: watts.describe('The mean of the covered time.'),
    sources,
  }),
  it: z.object({
    energy_joules: watts,
    power_watts: watts.describe('The mean of the covered time.'),
    coverage: coverage.describe('The mean share of nodes with a meter.'),
    method: method.nullable(),
  }),
  covered_seconds: z
    .number()
    .describe('The time in which computers, and the facility if any, were measured.'),
  window_seconds: z.number(),
  gpu: z.object({
    boards: z.int(),
    power_watts: watts,
    utilization_percent: watts.describe('The mean of the boards that report it.'),
    utilization_percent_per_watt: watts.describe('Mean utilisation ÷ mean watts of a board.'),
    idle_boards: z.int().describe('Boards that report a utilisation below 1 %.'),
    idle_power_watts: watts.describe('What these boards draw.'),
    sources,
  }),
  tokens: tokensSchema.describe(
    'The work of inference servers against the watts that their pods are attributed, over the window.',
  ),
  idle: z.object({
    power_watts: watts.describe('What no workload uses now.'),
    percentage: z.number().nullable(),
    unattributed_watts: watts.describe('What nobody can attribute.'),
    method: method.describe('Estimated where the power that is divided is estimated in part.'),
  }),
})

/** Points on the grid of a window. */
export const seriesSchema = z.object({
  metric: z.string(),
  unit: z.string(),
  start: timestamp,
  end: timestamp,
  step_seconds: z.number(),
  series: z.array(
    z.object({
      key: z.record(z.string(), z.string()),
      points: z
        .array(z.tuple([z.number(), z.number().nullable()]))
        .describe('Unix seconds and the value; a gap is null.'),
      sources,
    }),
  ),
})

/** Power over a window by one dimension. */
export const powerSeriesSchema = seriesSchema.extend({
  by: z.enum(['total', ...BREAKDOWNS]),
  coverage: z
    .object({ mean: watts, least: watts })
    .describe('Measured ÷ known nodes over the points of the window.'),
})

export const metricSeriesSchema = seriesSchema.extend({
  aggregation: z.enum(AGGREGATIONS),
  by: z.string(),
})

export const temperatureSeriesSchema = z.object({
  by: z.enum(['cluster', 'node']),
  aggregation: z.enum(['avg', 'min', 'max']),
  timeseries: z.array(seriesSchema),
})

export type SeriesRow = z.output<typeof seriesSchema>['series'][number]

import { z } from 'zod'

const time = z.union([z.string().max(64), z.number()])
const anything = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** The window of a dashboard. */
export const rangeSchema = z
  .object({ from: time, to: time })
  .describe('RFC 3339 or unix milliseconds.')

const filterSchema = z.object({
  key: z.string().max(253),
  operator: z.string().max(8),
  value: z.string().max(10_000).default(''),
  values: z.array(z.string().max(1000)).max(1000).optional(),
})

const payloadSchema = z
  .union([
    z.string().max(100_000),
    z.record(z.string().max(253), z.union([anything, z.array(anything).max(1000)])),
    z.null(),
  ])
  .optional()
  .describe('The options of a metric, or their JSON as a text.')

const targetSchema = z.object({
  refId: z.string().max(64).optional(),
  target: z.union([z.string().max(10_000), z.null()]).optional(),
  payload: payloadSchema,
  data: payloadSchema.describe('What older versions call `payload`.'),
  type: z.string().max(32).optional().describe('`table` makes a table of series.'),
  hide: z.boolean().optional(),
})

/** What a panel asks. */
export const querySchema = z.object({
  range: rangeSchema,
  intervalMs: z.number().positive().optional(),
  maxDataPoints: z.number().positive().optional(),
  targets: z.array(targetSchema).max(100),
  adhocFilters: z.array(filterSchema).max(100).optional(),
  filters: z.array(filterSchema).max(100).optional(),
  scopedVars: z.record(z.string(), z.looseObject({ value: z.unknown() })).optional(),
})

export type PanelQuery = z.output<typeof querySchema>
export type AdHocFilter = z.output<typeof filterSchema>
export type PayloadValue = NonNullable<z.output<typeof payloadSchema>>

export const metricsBodySchema = z.object({ metric: z.string().max(10_000).optional() })
export const optionsBodySchema = z.object({
  metric: z.string().max(10_000).optional(),
  payload: payloadSchema,
  name: z.string().max(253),
})
export const searchBodySchema = z.object({
  target: z.union([z.string().max(10_000), z.null()]).optional(),
})
export const variableBodySchema = z.object({
  payload: payloadSchema,
  range: rangeSchema.optional(),
})
export const tagValuesBodySchema = z.object({ key: z.string().max(253) })
export const anyBodySchema = z.unknown()

export const annotationsBodySchema = z.object({
  range: rangeSchema,
  annotation: z.looseObject({ query: z.string().max(10_000).nullish() }).optional(),
})

const cell = anything
const unit = z.string().optional().describe("One of Grafana's units.")
const metaSchema = z.object({
  notices: z
    .array(z.object({ severity: z.enum(['info', 'warning', 'error']), text: z.string() }))
    .describe('What a panel says in its corner: what is missing from the figures.'),
  custom: z.object({
    status: z.enum(['complete', 'partial']),
    clusters: z.array(z.object({ name: z.string(), status: z.string() })),
    coverage: z.number().nullable().optional(),
    sources: z.array(z.string()).optional(),
    simulated: z.literal(true).optional(),
  }),
})

const seriesSchema = z.object({
  target: z.string(),
  refId: z.string().optional(),
  datapoints: z
    .array(z.tuple([z.number().nullable(), z.number()]))
    .describe('Value and unix milliseconds; a gap is null.'),
  tags: z.record(z.string(), z.string()),
  unit,
  meta: metaSchema.optional(),
})

const tableSchema = z.object({
  type: z.literal('table'),
  name: z.string(),
  refId: z.string().optional(),
  columns: z.array(
    z.object({ text: z.string(), type: z.enum(['time', 'string', 'number', 'boolean']), unit }),
  ),
  rows: z.array(z.array(cell)),
  meta: metaSchema.optional(),
})

/** What a panel gets. */
export const framesSchema = z.array(z.union([seriesSchema, tableSchema]))
export type SeriesFrame = z.output<typeof seriesSchema>
export type TableFrame = z.output<typeof tableSchema>
export type FrameMeta = z.output<typeof metaSchema>

const optionSchema = z.object({ label: z.string(), value: z.string() })

/** The metrics, each with the options that it takes. */
export const metricsSchema = z.array(
  z.object({
    label: z.string(),
    value: z.string(),
    payloads: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        type: z.enum(['input', 'select', 'multi-select']),
        placeholder: z.string(),
        width: z.number(),
        reloadMetric: z.boolean(),
        options: z.array(optionSchema).optional(),
      }),
    ),
  }),
)
export type MetricRow = z.output<typeof metricsSchema>[number]

export const choicesSchema = z.array(optionSchema)
export const namesSchema = z.array(z.string())
/** What Grafana calls the label and the value of a variable. */
export const TEXT = '__text'
export const VALUE = '__value'
export const variableSchema = z.array(z.object({ [TEXT]: z.string(), [VALUE]: z.string() }))
export const tagKeysSchema = z.array(z.object({ type: z.literal('string'), text: z.string() }))
export const tagValuesSchema = z.array(z.object({ text: z.string() }))
export const healthSchema = z.object({ status: z.literal('ok'), message: z.string() })

export const annotationsSchema = z.array(
  z.object({
    annotation: z.unknown().optional(),
    time: z.number(),
    timeEnd: z.number(),
    isRegion: z.boolean(),
    title: z.string(),
    tags: z.array(z.string()),
    text: z.string(),
  }),
)
export type AnnotationRow = z.output<typeof annotationsSchema>[number]

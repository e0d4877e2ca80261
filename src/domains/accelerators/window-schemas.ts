import { z } from 'zod'
import { timestamp } from '../../http/wire.ts'
import { figure, text } from './schemas.ts'

const pointSchema = z.tuple([z.number(), figure])

/** One or several series on one grid; a gap is a null. */
export const seriesSchema = z.object({
  metric: z.string(),
  unit: z.string(),
  start: timestamp,
  end: timestamp,
  step_seconds: z.number(),
  series: z.array(
    z.object({ key: z.record(z.string(), z.string()), points: z.array(pointSchema) }),
  ),
})
export type TimeSeries = z.output<typeof seriesSchema>

/** The power of one board now and over a window. */
export const windowPower = {
  power_watts: figure.describe('Now.'),
  power_limit_watts: figure,
  power_watts_min: figure.describe('The lowest sample of the window.'),
  power_watts_avg: figure.describe('The mean of the samples of the window.'),
  power_watts_max: figure.describe('The highest sample of the window.'),
  energy_joules: figure.describe('Energy over the covered part of the window.'),
  energy_method: z.enum(['counter', 'integral']).nullable(),
  covered_seconds: z.number().describe('How much of the window the energy was measured in.'),
  window_seconds: z.number(),
  source: text,
  method: z.literal('measured'),
  timeseries: seriesSchema,
}

import { z } from 'zod'
import { timestamp } from '../../http/wire.ts'

// What the answers about nodes, pods, containers and virtual machines have in common.

export const text = z.string().nullable()
export const figure = z.number().nullable()
export const count = z.int()

export const METHODS = ['measured', 'estimated', 'attributed'] as const

export const watts = {
  power_watts: figure,
  power_source: text.describe('Who says so: a meter, or all that an attributed share comes from.'),
  power_method: z.enum(METHODS).nullable(),
}

export const amountsSchema = z.object({
  cpu_cores: figure,
  memory_mb: figure,
  resources: z
    .record(z.string(), z.number())
    .describe('Everything else by its name, such as `nvidia_com_gpu`; what is in bytes as `…_mb`.'),
})

export const partsSchema = z.object({
  cpu_watts: figure,
  dram_watts: figure,
  gpu_watts: figure,
  npu_watts: figure,
  other_watts: figure,
})

/** One series on a grid; a gap is a null. */
const seriesSchema = z.object({
  metric: z.literal('power_watts'),
  unit: z.literal('watts'),
  start: timestamp,
  end: timestamp,
  step_seconds: z.number(),
  series: z.array(
    z.object({
      key: z.record(z.string(), z.string()),
      points: z.array(z.tuple([z.number(), figure])),
    }),
  ),
})

/** Power now and over a window. */
export const windowShape = {
  ...watts,
  power_parts: partsSchema.describe('Now.'),
  power_watts_min: figure.describe('The lowest point of the window.'),
  power_watts_avg: figure.describe('The mean over the covered part of the window.'),
  power_watts_max: figure.describe('The highest point of the window.'),
  energy_joules: figure.describe('Energy over the covered part of the window.'),
  energy_method: z.literal('integral').nullable(),
  covered_seconds: z.number().describe('How much of the window the energy was measured in.'),
  window_seconds: z.number(),
  timeseries: seriesSchema,
}

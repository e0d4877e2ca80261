import { z } from 'zod'
import { timestamp } from '../../http/wire.ts'

const watts = z.number().nullable()
const text = z.string().nullable()
const method = z.enum(['measured', 'estimated', 'attributed']).nullable()
const sources = z.array(z.string())
const coverage = z
  .number()
  .nullable()
  .describe('Measured ÷ known nodes of the asked clusters, 0 to 1; null without nodes.')

const partsShape = {
  cpu_power_watts: watts,
  dram_power_watts: watts,
  gpu_power_watts: watts,
  npu_power_watts: watts,
  other_power_watts: watts.describe('What its node draws beyond what is told apart.'),
}

const headShape = {
  timestamp: timestamp.describe('The time of the figures; with a window, its end.'),
  unit: z.literal('watts'),
}

/** A pod or a virtual machine with its watts. */
const workloadSchema = z.object({
  cluster: z.string(),
  namespace: text.describe('Null for a virtual machine.'),
  pod: text.describe('Null for a virtual machine.'),
  vm: text.describe('Null for a pod.'),
  node: text,
  workload_type: z.string(),
  power_watts: watts,
  ...partsShape,
})

/** What workloads draw, now or over a window. */
export const currentSchema = z.object({
  ...headShape,
  workload: text,
  namespace: text,
  time_range: text.describe('Null for the power now.'),
  power_watts: watts.describe('The mean, with a window. Null when nothing is known.'),
  ...partsShape,
  idle_power_watts: watts.describe('What no workload used; null with a filter.'),
  unattributed_power_watts: watts.describe('What nobody can attribute; null with a filter.'),
  energy_joules: watts.describe('Over the covered part of the window; null without one.'),
  covered_seconds: z.number().nullable(),
  window_seconds: z.number().nullable(),
  method: method.describe('`attributed` with a filter: a share of what was measured.'),
  coverage,
  sources,
  workloads: z.array(workloadSchema).describe('The highest first.'),
})
export type WorkloadRow = z.output<typeof workloadSchema>

/** What containers draw now. */
export const containersSchema = z.object({
  ...headShape,
  namespace: text,
  total_power_watts: watts.describe(
    'Of all pods of the list, including those whose watts nothing divides among their containers.',
  ),
  method,
  coverage,
  containers: z.array(
    z.object({
      cluster: z.string(),
      namespace: z.string(),
      pod: z.string(),
      container: z.string(),
      node: text,
      workload_type: z.string(),
      power_watts: watts.describe('Null where nothing divides the watts of the pod.'),
      ...partsShape,
      method,
      sources,
    }),
  ),
})

/** What nodes draw now, and of which components. */
export const nodesSchema = z.object({
  ...headShape,
  total_power_watts: watts.describe('With boards whose node has no total, as everywhere.'),
  method,
  coverage,
  nodes: z.array(
    z.object({
      cluster: z.string(),
      node: z.string(),
      power_watts: watts.describe('The whole node. Null when no meter and no component is read.'),
      ...partsShape,
      method,
      source: text.describe('The meter that counts; `components`: the sum of the parts.'),
      sources,
    }),
  ),
})

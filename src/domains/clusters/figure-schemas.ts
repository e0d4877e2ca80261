import { z } from 'zod'

// What the answers about clusters have in common.

export const clusterCount = z.int()
export const watts = z.number().nullable()
export const method = z.enum(['measured', 'estimated', 'attributed']).nullable()
export const sources = z.array(z.string()).describe('Every source that the figures come from.')

const STATUSES = [
  'ok',
  'partial',
  'timeout',
  'unreachable',
  'unauthorized',
  'rejected',
  'invalid',
  'too_large',
  'overloaded',
] as const

export const clusterReportStatus = z.enum(STATUSES)
export const clusterStatus = z.enum([...STATUSES, 'unknown'])

/** The total of a cluster and its parts, as `/monitoring/power` has them. */
export const totalShape = {
  total_power_watts: watts.describe('Null when nothing was measured.'),
  method,
  coverage: z.number().nullable().describe('Measured ÷ known nodes, 0 to 1; null without nodes.'),
  parts: z
    .object({
      cpu_watts: watts,
      dram_watts: watts,
      gpu_watts: watts,
      npu_watts: watts,
      other_watts: watts,
    })
    .describe('They add up to the total.'),
  nodes: z.object({ known: z.int(), measured: z.int(), estimated: z.int() }),
  sources,
}

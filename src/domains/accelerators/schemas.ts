import { z } from 'zod'

// What the answers about all kinds of devices have in common.

export const text = z.string().nullable()
export const figure = z.number().nullable()
export const count = z.number().int()

export const ownerSchema = z.object({
  namespace: text,
  pod: z.string(),
  container: text,
})

export const statusSchema = z.enum(['active', 'idle', 'error', 'unknown'])

export const statusCountsSchema = z.object({
  active: count,
  idle: count,
  error: count,
  unknown: count,
})

const SUM = 'Sum over the boards that report their power.'

export const tallyPower = { power_watts: figure.describe(SUM) }

export const summaryPower = {
  power_watts: figure.describe(SUM),
  power_watts_avg: figure,
  power_watts_max: figure,
  power_coverage: figure.describe('Boards that report their power ÷ boards known, 0–1.'),
}

const amounts = z.record(z.string(), z.number())

const kubernetesSchema = z.object({
  capacity: amounts,
  allocatable: amounts,
  requested_by_running_pods: amounts,
})

export const kubernetesCountsSchema = kubernetesSchema
  .nullable()
  .describe('What Kubernetes counts, by extended resource; null where it is not monitored.')

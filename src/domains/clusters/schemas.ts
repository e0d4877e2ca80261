import { z } from 'zod'
import { timestamp } from '../../http/wire.ts'
import { clusterStatus, method, sources, totalShape, watts } from './figure-schemas.ts'

/** One cluster and its health, from the last check. Where it is reached is nobody's business but the operator's. */
export const clusterSchema = z.object({
  name: z.string(),
  region: z.string().nullable(),
  description: z.string().nullable(),
  flavour: z.string().describe('What answers there: prometheus, victoriametrics, thanos or mimir.'),
  status: clusterStatus,
  checked_at: timestamp.nullable(),
  last_ok_at: timestamp.nullable(),
  response_time_ms: z.number().nullable().describe('How long the last check took.'),
  version: z.string().nullable().describe('What the backend says it is.'),
  consecutive_failures: z.number().int(),
  circuit: z
    .enum(['closed', 'open', 'half_open'])
    .describe('`open`: questions are held back, because the cluster failed too often lately.'),
})

/** A cluster with what it knows. */
export const clusterDetailSchema = clusterSchema.extend({
  nodes: z
    .number()
    .int()
    .nullable()
    .describe('Kubernetes nodes; null when it did not answer or nobody watches Kubernetes there.'),
  gpus: z.number().int().nullable().describe('Physical GPUs; null when it did not answer.'),
})

/** The power of one cluster, as `/monitoring/power` counts it, and of each of its nodes. */
export const clusterPowerSchema = z.object({
  cluster: z.string(),
  ...totalShape,
  by_node: z.array(
    z.object({ node: z.string(), power_watts: watts, method, parts: totalShape.parts, sources }),
  ),
})

export const CLUSTER_SORTABLE = ['name', 'region', 'flavour', 'status', 'response_time_ms'] as const

import { z } from 'zod'
import { clusterCount, totalShape, watts } from './figure-schemas.ts'
import { NODE_STATUSES, POD_PHASES } from './kubernetes.ts'
import { MACHINE_STATUSES } from './machines.ts'

const figure = z.number().nullable()

/** An object with a number for each name. */
const countsOf = <const Names extends readonly string[]>(names: Names) =>
  z.object(
    Object.fromEntries(names.map((name) => [name, clusterCount])) as Record<
      Names[number],
      typeof clusterCount
    >,
  )

const nodesSchema = countsOf(NODE_STATUSES)
  .extend({
    known: clusterCount,
    unschedulable: clusterCount.describe('Nodes that take no new pods.'),
    by_role: z
      .array(z.object({ role: z.string().nullable(), nodes: clusterCount }))
      .describe('A node of several roles is in each of them; null: nodes without a role.'),
  })
  .nullable()
  .describe('Null where nobody watches Kubernetes.')

const amounts = z.record(z.string(), z.number())
const tally = { accelerators: clusterCount, power_watts: watts }

const acceleratorsSchema = z.object({
  total: clusterCount,
  gpus: clusterCount,
  npus: clusterCount,
  by_status: countsOf(['active', 'idle', 'error', 'unknown']),
  by_vendor: z.array(z.object({ vendor: z.string().nullable(), ...tally })),
  by_model: z.array(
    z.object({
      type: z.enum(['gpu', 'npu']),
      vendor: z.string().nullable(),
      model: z.string().nullable(),
      ...tally,
    }),
  ),
  allocated: clusterCount
    .nullable()
    .describe('Boards of which a pod holds all or a part; null where nobody can tell.'),
  free: clusterCount.nullable(),
  idle_allocated: clusterCount.nullable().describe('Held by a pod, and idle.'),
  partitioned: clusterCount,
  partitions: clusterCount,
  kubernetes: z
    .object({ capacity: amounts, allocatable: amounts, requested_by_running_pods: amounts })
    .nullable()
    .describe('What Kubernetes counts, by extended resource; null where it is not monitored.'),
})

/** One cluster in figures. */
export const summarySchema = z.object({
  cluster: z.string(),
  nodes: nodesSchema,
  pods: countsOf(POD_PHASES)
    .extend({ total: clusterCount })
    .nullable()
    .describe('By phase; null where nobody watches Kubernetes.'),
  accelerators: acceleratorsSchema,
  power: z.object(totalShape),
  utilization: z
    .object({
      gpu_utilization_percent_avg: figure,
      gpu_utilization_percent_max: figure,
      npu_utilization_percent_avg: figure,
      npu_utilization_percent_max: figure,
    })
    .describe('Of the boards that report it.'),
  temperature: z.object({
    gpu_temperature_celsius_avg: figure,
    gpu_temperature_celsius_max: figure,
    npu_temperature_celsius_avg: figure,
    npu_temperature_celsius_max: figure,
    inlet_temperature_celsius_avg: figure.describe('The air that the servers take in.'),
    inlet_temperature_celsius_max: figure,
  }),
  vms: z
    .object({ total: clusterCount, by_status: countsOf(MACHINE_STATUSES) })
    .nullable()
    .describe('Virtual machines; null where nobody tells of any.'),
  hardware: z
    .object({
      servers: clusterCount,
      bmcs_unreachable: clusterCount,
      servers_off: clusterCount,
      sensors_warning: clusterCount,
      sensors_critical: clusterCount,
      suspect_fans: clusterCount.describe('Fans that should turn and do not.'),
      drive_faults: clusterCount,
      cooling_faults: clusterCount,
    })
    .nullable()
    .describe("What the servers' own management finds wrong; null where none is watched."),
  data_quality: z.object({
    unmeasured_nodes: clusterCount.describe('Nodes without a meter of their own.'),
    silent_accelerators: clusterCount.describe('Known within the hour, and reporting nothing now.'),
    warnings: countsOf([
      'stale_data',
      'silent_entities',
      'unmatched_names',
      'implausible_values',
      'inconsistent_sources',
      'bmc_unreachable',
      'cluster_incomplete',
    ]).describe(
      'How many warnings of each kind `meta.warnings` has; they say what they are about.',
    ),
  }),
})

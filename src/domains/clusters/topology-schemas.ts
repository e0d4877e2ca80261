import { z } from 'zod'
import { THING_TYPES, type ThingType } from '../../analysis/topology/graph.ts'
import { exactFilter, wholeNumber } from '../../http/parameters.ts'
import { invalidRequest } from '../../kernel/errors.ts'
import { clusterCount, method, watts } from './figure-schemas.ts'

const DEPTHS = ['node', 'pod', 'container', 'accelerator'] as const
type Depth = (typeof DEPTHS)[number]

/** What each depth shows: what the one before does, and one level more. */
const TYPES_OF: Readonly<Record<Depth, readonly ThingType[]>> = {
  node: ['cluster', 'node'],
  pod: ['cluster', 'node', 'vm', 'pod'],
  container: ['cluster', 'node', 'vm', 'pod', 'container'],
  accelerator: THING_TYPES,
}

const MOST_NODES = 100_000

/** Which part of the graph of a cluster is wanted. */
export const topologyQuery = z.object({
  depth: z
    .enum(DEPTHS)
    .optional()
    .describe(
      'How far down: `node`; `pod`, with virtual machines; `container`; `accelerator`, which is everything. Default `accelerator`.',
    ),
  types: z
    .preprocess(splitNames, z.array(z.enum(THING_TYPES)).min(1))
    .optional()
    .describe(
      'Only things of these types, instead of `depth`: repeat it, or give a list with commas. What is left out between two things is bridged.',
    ),
  node: exactFilter('Only this node and what is on it.'),
  namespace: exactFilter('Only the pods of this namespace, what they run on and what they use.'),
  limit: wholeNumber({ min: 1, max: MOST_NODES })
    .default(1000)
    .describe('How many nodes of the graph at most. Default 1000.'),
  offset: wholeNumber({ min: 0, max: 10_000_000 })
    .default(0)
    .describe(
      'How many nodes of the graph to skip. Those before it come again where an edge of this part leads to them.',
    ),
})

function splitNames(value: unknown): unknown {
  const texts = Array.isArray(value) ? value : [value]
  return texts.every((text) => typeof text === 'string')
    ? texts.flatMap((text) => text.split(','))
    : value
}

/** The types that are asked for. Rejects with `invalid_request` when they are asked for twice. */
export function typesAsked({
  depth,
  types,
}: Pick<z.output<typeof topologyQuery>, 'depth' | 'types'>): readonly ThingType[] {
  if (depth !== undefined && types !== undefined)
    throw invalidRequest('/query/types', 'cannot stand beside depth: give one or the other')
  return types ?? TYPES_OF[depth ?? 'accelerator']
}

/** A cluster as a graph, for a library that draws one. */
export const topologySchema = z.object({
  cluster: z.string(),
  total_nodes: clusterCount.describe('Nodes of the graph that was asked for, shown or not.'),
  total_edges: clusterCount,
  by_type: z.object({
    cluster: clusterCount,
    node: clusterCount,
    accelerator: clusterCount,
    partition: clusterCount,
    vm: clusterCount,
    pod: clusterCount,
    container: clusterCount,
  }),
  pruned: z
    .boolean()
    .describe('Whether less than the whole cluster is shown, by `limit` or by another parameter.'),
  nodes: z.array(
    z.object({
      id: z.string().describe('The same for the same thing in every answer.'),
      type: z.enum(THING_TYPES),
      label: z.string(),
      parent: z
        .string()
        .nullable()
        .describe('The id of the node that it is part of or runs on; it is always there.'),
      status: z
        .string()
        .describe(
          'Cluster: as in `meta.clusters`; node: `ready`, `not_ready`; pod: its phase; container: `running`, `waiting`, `terminated`; accelerator and partition: `active`, `idle`, `error`; vm: `running`, `shut_off`, …; or `unknown`.',
        ),
      power_watts: watts.describe(
        'Of clusters, nodes and accelerators what they draw; of pods, containers and virtual machines the share that they are attributed, never to be added to it.',
      ),
      method,
      utilization_percent: z.number().nullable().describe('Of accelerators and partitions.'),
      namespace: z.string().nullable(),
      vendor: z.string().nullable(),
      model: z.string().nullable(),
    }),
  ),
  edges: z
    .array(
      z.object({
        source: z.string(),
        target: z.string(),
        type: z.enum(['contains', 'runs_on', 'uses']),
      }),
    )
    .describe('Both ends are always among the nodes.'),
})

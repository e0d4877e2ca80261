import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openMetrics } from '../../src/simulator/open-metrics.ts'
import { sizedCluster } from '../../src/simulator/plan.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { startPrometheus, type RealPrometheus } from '../../test/support/real-prometheus.ts'

/** The file in the directory of a Prometheus where it notes every query. */
export const LAB_QUERIES = 'queries.log'
const GPUS_PER_NODE = 8
/** Near enough for Prometheus to find each sample, and for us to call it fresh. */
const STEP_SECONDS = 100

/**
 * A real Prometheus with the samples of dcgm-exporter, all its default metrics, on so many GPUs. Its history reaches
 * so many seconds into the future, so that "now" has fresh samples for as long.
 */
export function startLab(gpus: number, seconds: number): Promise<RealPrometheus> {
  const nodes = Math.ceil(gpus / GPUS_PER_NODE)
  const plan = sizedCluster({ name: 'lab', nodes, gpusPerNode: GPUS_PER_NODE, pods: gpus })
  const world = createWorld({ seed: 1, clusters: [plan] })
  const now = Math.floor(Date.now() / 1000)
  return startPrometheus({
    config: `global: { query_log_file: ${LAB_QUERIES} }\n`,
    openMetrics: openMetrics(world, {
      cluster: plan.name,
      sources: ['dcgm'],
      start: now - STEP_SECONDS,
      end: now + seconds,
      stepSeconds: STEP_SECONDS,
    }),
  })
}

/** The paths of all queries so far, of a Prometheus that notes them. */
export async function queriesOf({ dir }: Pick<RealPrometheus, 'dir'>): Promise<readonly string[]> {
  const log = await readFile(join(dir, LAB_QUERIES), 'utf8')
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { query, end } = JSON.parse(line).params
      return `/api/v1/query?${new URLSearchParams({ query, time: end }).toString()}`
    })
}

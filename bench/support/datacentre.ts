import { openMetrics } from '../../src/simulator/open-metrics.ts'
import { sizedCluster, type ClusterPlan, type Sizes } from '../../src/simulator/plan.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { startPrometheus, type RealPrometheus } from '../../test/support/real-prometheus.ts'
import { LAB_QUERIES } from './lab.ts'

export interface DatacentreSizes extends Sizes {
  /** Whether Kepler reads its pods and containers too, beside their kubelets. */
  readonly kepler: boolean
}

/** A rate needs two samples in the three minutes in which a kubelet's are fresh. */
const STEP_SECONDS = 80
/** As far as a rate looks back. */
const BEFORE_SECONDS = 240

/**
 * A real Prometheus with a whole GPU cluster: dcgm-exporter, kube-state-metrics, kubelets with cAdvisor, and BMCs,
 * with the series and labels that they really have. Of node_exporter only what names a machine would matter here,
 * and its half a million series of single processors would not. The history reaches so many seconds into the future,
 * so that "now" has fresh samples for as long.
 */
export function startDatacentre(sizes: DatacentreSizes, seconds: number): Promise<RealPrometheus> {
  const plan: ClusterPlan = {
    ...sizedCluster(sizes),
    watchesMachines: true,
    kepler: sizes.kepler,
  }
  const world = createWorld({ seed: 1, clusters: [plan] })
  const now = Math.floor(Date.now() / 1000)
  return startPrometheus({
    config: `global: { query_log_file: ${LAB_QUERIES} }\n`,
    openMetrics: openMetrics(world, {
      cluster: plan.name,
      sources: ['dcgm', 'kube_state_metrics', 'kubelet', 'ipmi', ...kepler(plan)],
      start: now - BEFORE_SECONDS,
      end: now + seconds,
      stepSeconds: STEP_SECONDS,
    }),
  })
}

const kepler = (plan: ClusterPlan) => (plan.kepler ? (['kepler'] as const) : [])

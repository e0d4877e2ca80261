import type { ConnectionEnd } from './connect.ts'
import type { Now } from './kernel/clock.ts'
import { clusterSpec, type ClusterSpec } from './services/prometheus/index.ts'
import { createSimulatedClient } from './simulator/client.ts'
import { DEMO_FAULTS } from './simulator/faults.ts'
import { createWorld } from './simulator/world.ts'

/** The clusters of the demo, and the way to them: no network, but the simulator of this process. */
export interface Demo {
  readonly clusters: readonly ClusterSpec[]
  readonly open: (spec: ClusterSpec) => ConnectionEnd
}

/** The same datacentre at every start, whatever the day. */
export const DEMO_SEED = 20_251

/** The built-in datacentre as clusters. */
export function createDemo(now: Now, timeoutSeconds: number): Demo {
  const world = createWorld({ seed: DEMO_SEED, faults: DEMO_FAULTS })
  const entry = clusterSpec(timeoutSeconds)
  return {
    clusters: world.clusters.map(({ name, plan: { region, description } }) =>
      entry.parse({ name, region, description, url: 'http://simulator.invalid' }),
    ),
    open: ({ name }) => ({
      client: createSimulatedClient(world, name, { now }),
      probe: () => Promise.resolve({ version: 'simulator' }),
      close: () => Promise.resolve(),
    }),
  }
}

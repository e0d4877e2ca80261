import type { SourceSpec } from '../../src/catalogue/source.ts'
import type { Now } from '../../src/kernel/clock.ts'
import { render } from '../../src/promql/render.ts'
import { clusterSpec } from '../../src/services/prometheus/index.ts'
import { createRegistry } from '../../src/services/clusters/index.ts'
import { createTelemetry } from '../../src/services/telemetry/index.ts'
import { createSimulatedClient } from '../../src/simulator/client.ts'
import type { World } from '../../src/simulator/datacentre.ts'

/** What a world has answered: it says the same again, however often it is asked. */
export type Answered = Map<string, Promise<unknown>>

/**
 * The clusters of a simulated world, read by some sources. Fleets of one world that share what was `answered` work it
 * out once.
 */
export function simulatedFleet(
  world: World,
  now: Now,
  sources: readonly SourceSpec[],
  answered?: Answered,
) {
  const once = <Reply>(key: string, ask: () => Promise<Reply>): Promise<Reply> => {
    const known = answered?.get(key) ?? ask()
    answered?.set(key, known)
    // One key stands for one question.
    return known as Promise<Reply>
  }
  const queries: string[] = []
  /** The shelf of each query. */
  const shelves: string[] = []
  const registry = createRegistry({
    clusters: world.clusters.map(({ name }) =>
      clusterSpec(10).parse({ name, url: 'http://127.0.0.1:9' }),
    ),
    connect: ({ name }) => {
      const client = createSimulatedClient(world, name, { now })
      return {
        client: {
          instant: (query, at, options) => {
            queries.push(`${name} ${render(query)}`)
            shelves.push(options.shelf)
            const key = `${name} ${render(query)} at ${at.getTime()}`
            return once(key, () => client.instant(query, at, options))
          },
          range: (query, range, options) => {
            queries.push(`${name} ${render(query)}`)
            shelves.push(options.shelf)
            const key = `${name} ${render(query)} ${JSON.stringify(range)}`
            return once(key, () => client.range(query, range, options))
          },
        },
        probe: () => Promise.resolve({ version: '0.0.0-simulator' }),
        close: () => Promise.resolve(),
      }
    },
    healthIntervalSeconds: 0,
    healthTimeoutSeconds: 1,
    now,
  })
  return { registry, telemetry: createTelemetry({ registry, sources }), queries, shelves }
}

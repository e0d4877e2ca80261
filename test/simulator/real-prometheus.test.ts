import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Kind } from '../../src/kernel/kind.ts'
import {
  averaged,
  counter,
  gauge,
  increase,
  max,
  over,
  sum,
  type Vector,
} from '../../src/promql/expression.ts'
import { render } from '../../src/promql/render.ts'
import { createSimulatedClient } from '../../src/simulator/client.ts'
import type { Fault } from '../../src/simulator/faults.ts'
import { openMetrics } from '../../src/simulator/open-metrics.ts'
import { SOURCES } from '../../src/simulator/sources/index.ts'
import { scrapeTargets } from '../../src/simulator/targets.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { startExpositionServer, type ExpositionServer } from '../support/exposition-server.ts'
import { requireReal, startPrometheus, type RealPrometheus } from '../support/real-prometheus.ts'
import { until } from '../support/scraped.ts'

const NOON = Date.UTC(2026, 10, 20, 3) / 1000
const FAULTS: readonly Fault[] = [
  {
    kind: 'exporter_down',
    target: { cluster: 'busan', node: 'gpu-worker-1', source: 'dcgm' },
    from: NOON - 1500,
    until: NOON - 900,
  },
  {
    kind: 'sentinel',
    target: {
      cluster: 'busan',
      node: 'gpu-worker-2',
      device: 3,
      metric: 'DCGM_FI_DEV_MEMORY_TEMP',
    },
    from: NOON - 900,
    until: NOON,
  },
  {
    kind: 'device_lost',
    target: { cluster: 'busan', node: 'gpu-worker-2', device: 4 },
    from: NOON - 1200,
    until: NOON - 600,
  },
]
const world = createWorld({ seed: 1, faults: FAULTS })
const isReal = requireReal('prometheus', 'prometheus')

interface Row {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

async function ask(url: string, query: string, at: number): Promise<readonly Row[]> {
  const parameters = new URLSearchParams({ query, time: String(at) })
  const reply = await fetch(`${url}/api/v1/query?${parameters.toString()}`)
  const { data } = (await reply.json()) as { data: { result: readonly Row[] } }
  return data.result
}

type Known = readonly (readonly [labels: string, value: number])[]

function sorted(rows: readonly (readonly [Readonly<Record<string, string>>, number])[]): Known {
  const texts = rows.map(([labels, value]) => {
    const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
    return [JSON.stringify(pairs), value] as const
  })
  return texts.sort(([a], [b]) => (a < b ? -1 : 1))
}

const real = async (url: string, query: Vector<Kind>, at: number): Promise<Known> =>
  sorted((await ask(url, render(query), at)).map(({ metric, value }) => [metric, Number(value[1])]))

const client = (cluster: string, now: number) =>
  createSimulatedClient(world, cluster, { now: () => new Date(now * 1000) })

async function simulated(cluster: string, query: Vector<Kind>, at: number): Promise<Known> {
  const reply = await client(cluster, NOON).instant(query, new Date(at * 1000), { shelf: 'static' })
  return sorted(reply.rows.map(({ labels, value }) => [labels, value]))
}

function expectSame(found: Known, wanted: Known): void {
  expect(found.map(([labels]) => labels)).toEqual(wanted.map(([labels]) => labels))
  for (const [index, [labels, value]] of found.entries()) {
    const [, truth] = wanted[index]!
    if (Number.isNaN(truth)) expect(value, labels).toBeNaN()
    else expect(Math.abs(value - truth), labels).toBeLessThanOrEqual(1e-9 * Math.abs(truth))
  }
}

describe.skipIf(!isReal)('history in a real Prometheus', () => {
  let prometheus: RealPrometheus
  let history = ''

  beforeAll(async () => {
    const chunks = openMetrics(world, { cluster: 'busan', start: NOON - 3600, end: NOON })
    history = [...chunks].join('')
    prometheus = await startPrometheus({ openMetrics: history })
  })
  afterAll(() => prometheus.stop())

  it('has every metric of every exporter', async () => {
    const reply = await fetch(`${prometheus.url}/api/v1/label/__name__/values`)
    const { data } = (await reply.json()) as { data: readonly string[] }
    const here = new Set(scrapeTargets(world, 'busan').map(({ source }) => source))
    const announced = [...here].flatMap((source) => SOURCES[source].metrics.map(({ name }) => name))
    // RAPL is read by node_exporter only where Kepler does not read it.
    const expected = announced.filter((name) => !name.startsWith('node_rapl_'))
    expect(data).toEqual([...new Set(['up', ...expected])].sort())
  })

  it('has as many samples of each as the text', async () => {
    const written = new Map<string, number>()
    for (const [, name = ''] of history.matchAll(/^([\w:]+)\{/gm))
      written.set(name, (written.get(name) ?? 0) + 1)
    for (const [name, count] of written) {
      const [row] = await ask(prometheus.url, `sum(count_over_time(${name}[2h]))`, NOON)
      expect(Number(row?.value[1]), name).toBe(count)
    }
  })

  const windows: Readonly<Record<string, Vector<Kind>>> = {
    'mean power': averaged(over(gauge('DCGM_FI_DEV_POWER_USAGE'), 1807)),
    energy: increase(over(counter('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION'), 1807)),
    'energy of CPUs': increase(over(counter('kepler_node_cpu_joules_total'), 907)),
    'a temperature that may be a sentinel': averaged(over(gauge('DCGM_FI_DEV_MEMORY_TEMP'), 107)),
    'discrete sensors, all NaN': averaged(over(gauge('ipmi_sensor_value'), 307)),
    'power of the servers': sum(averaged(over(gauge('ipmi_dcmi_power_consumption_watts'), 307))),
    'phases of pods': max(averaged(over(gauge('kube_pod_status_phase'), 307)), ['pod', 'phase']),
  }

  for (const [name, query] of Object.entries(windows)) {
    it(`gives the values that the simulated client gives: ${name}`, async () => {
      for (const at of [NOON - 1000, NOON - 400, NOON - 1])
        expectSame(await simulated('busan', query, at), await real(prometheus.url, query, at))
    })
  }
})

describe.skipIf(!isReal)('exporters that a real Prometheus scrapes', () => {
  let server: ExpositionServer

  beforeAll(async () => {
    server = await startExpositionServer({ world, now: () => NOON - 1000 })
  })
  afterAll(() => server.stop())

  // Together, since each Prometheus takes some five seconds to find its targets.
  it.concurrent.each(['seoul', 'busan', 'daejeon'])(
    'are stored under the labels that the simulated client has: %s',
    { retry: 2 },
    async (cluster) => {
      // A scrape that takes longer than its interval fails: on a busy machine a second is short.
      const prometheus = await startPrometheus({ config: server.configFor(cluster, 4) })
      try {
        await allScraped(prometheus.url, cluster)
        for (const name of metricsOf(cluster)) {
          const labels = (known: Known) => known.map(([text]) => text)
          const found = labels(await real(prometheus.url, gauge(name), Date.now() / 1000))
          expect(found, name).toEqual(labels(await simulated(cluster, gauge(name), NOON - 1000)))
        }
      } finally {
        await prometheus.stop()
      }
    },
  )
})

function metricsOf(cluster: string): ReadonlySet<string> {
  const sources = scrapeTargets(world, cluster).map(({ source }) => SOURCES[source])
  return new Set(sources.flatMap(({ metrics }) => metrics.map(({ name }) => name)))
}

function allScraped(url: string, cluster: string): Promise<void> {
  const targets = scrapeTargets(world, cluster)
  return until(async () => {
    const [row] = await ask(url, 'count(up)', Date.now() / 1000)
    return Number(row?.value[1] ?? 0) === targets.length
  })
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import { openHttp } from '../../src/connect.ts'
import type { ClusterSpec } from '../../src/services/prometheus/index.ts'
import { openMetrics } from '../../src/simulator/open-metrics.ts'
import { createSimulatedClient } from '../../src/simulator/client.ts'
import type { ConnectionEnd } from '../../src/connect.ts'
import { everyDomain, type EveryDomain } from '../support/every-domain.ts'
import { realPrometheusBinaries, requireReal, startPrometheus } from '../support/real-prometheus.ts'
import { importToVictoria, VICTORIA } from '../support/real-victoria.ts'
import { quietWorld } from '../support/quiet-world.ts'

/*
 * One history behind each engine: every route answers as it does over the simulator's own evaluation of the same
 * samples, which the tests of truth hold against what really happened. Nothing begins or ends in the window, since
 * history that is loaded from a file has no marks of ended series.
 */

const NOW = '2026-11-20T02:00:00.000Z'
const AT = Date.parse(NOW) / 1000
const HISTORY_SECONDS = 1500
const world = quietWorld()
const WINDOW = 'period=10m&step=1m'

/** Every route that reads a cluster; names in capitals are filled in from the lists. */
const PATHS = [
  '/accelerators/all?limit=100',
  '/accelerators/summary',
  '/accelerators/gpus?limit=100',
  '/accelerators/gpus/summary',
  '/accelerators/gpus/GPU',
  '/accelerators/gpus/GPU/metrics',
  `/accelerators/gpus/GPU/power?${WINDOW}`,
  `/accelerators/gpus/GPU/temperature?${WINDOW}`,
  '/accelerators/gpus/MIG/partitions',
  '/accelerators/npus?limit=100',
  '/accelerators/npus/summary',
  '/accelerators/npus/NPU',
  '/accelerators/npus/NPU/metrics',
  '/accelerators/npus/NPU/cores',
  '/accelerators/npus/NPU/partitions',
  `/accelerators/npus/NPU/power?${WINDOW}`,
  `/accelerators/npus/NPU/temperature?${WINDOW}`,
  '/infrastructure/nodes',
  '/infrastructure/nodes/summary',
  '/infrastructure/nodes/NODE',
  '/infrastructure/nodes/NODE/metrics',
  `/infrastructure/nodes/NODE/power?${WINDOW}`,
  '/infrastructure/pods?limit=1000',
  '/infrastructure/pods/summary',
  '/infrastructure/pods/POD',
  '/infrastructure/pods/POD/metrics',
  `/infrastructure/pods/POD/power?${WINDOW}`,
  '/infrastructure/containers?limit=1000',
  '/infrastructure/containers/CONTAINER',
  '/infrastructure/containers/CONTAINER/metrics',
  '/infrastructure/vms',
  '/infrastructure/vms/summary',
  '/infrastructure/vms/VM',
  '/infrastructure/vms/VM/metrics',
  `/infrastructure/vms/VM/power?${WINDOW}`,
  '/hardware/ipmi/sensors?limit=1000',
  '/hardware/ipmi/sensors/NODE',
  '/hardware/ipmi/power',
  '/hardware/ipmi/temperature?limit=1000',
  '/hardware/ipmi/fans?limit=1000',
  '/hardware/ipmi/voltage?limit=1000',
  '/hardware/ipmi/summary',
  '/clusters/site/summary',
  '/clusters/site/topology?limit=100000',
  '/clusters/site/power',
  '/clusters/compare?metrics=power,energy,utilization,temperature,efficiency&period=10m',
  '/monitoring/power',
  '/monitoring/power/accelerators',
  '/monitoring/power/infrastructure',
  ...['cluster', 'node', 'namespace', 'pod', 'vendor', 'resource_type', 'workload_type'].map(
    (by) => `/monitoring/power/breakdown?by=${by}`,
  ),
  '/monitoring/power/efficiency?period=10m',
  `/monitoring/timeseries/power?${WINDOW}&by=pod`,
  ...['avg', 'min', 'max', 'sum', 'p95', 'count'].map(
    (how) => `/monitoring/timeseries/metrics?metric=power_watts&aggregation=${how}&${WINDOW}`,
  ),
  `/monitoring/timeseries/metrics?metric=cpu_cores_used&entity=vm&by=vm_id&${WINDOW}`,
  `/monitoring/timeseries/temperature?${WINDOW}`,
]

interface Engine {
  readonly title: string
  readonly flavour: 'prometheus' | 'victoriametrics'
  readonly start: () => Promise<{ readonly url: string; stop(): Promise<unknown> }>
  /** By how much a figure may differ: growth of counters is not drawn out to the ends of a window by all. */
  readonly tolerance: number
}

const history = (): string =>
  [...openMetrics(world, { cluster: 'site', start: AT - HISTORY_SECONDS, end: AT + 1 })].join('')

const haveProm = requireReal('prometheus', 'prometheus') && requireReal('promtool', 'prometheus')
const ENGINES: readonly Engine[] = [
  ...(haveProm ? realPrometheusBinaries() : []).map(({ name, path }): Engine => ({
    title: name,
    flavour: 'prometheus',
    start: () => startPrometheus({ binary: path, openMetrics: history() }),
    tolerance: 1e-9,
  })),
  ...(requireReal(VICTORIA, VICTORIA)
    ? [
        {
          title: 'VictoriaMetrics',
          flavour: 'victoriametrics' as const,
          start: () => importToVictoria(history()),
          tolerance: 0.02,
        },
      ]
    : []),
]

const inProcess = (): ConnectionEnd => ({
  client: createSimulatedClient(world, 'site', { now: () => new Date(NOW) }),
  probe: () => Promise.resolve({ version: 'simulator' }),
  close: () => Promise.resolve(),
})

type Names = Readonly<Record<string, string>>

async function namesIn({ get }: EveryDomain): Promise<Names> {
  const first = async (path: string) => (await get(path)).body.data[0]
  const [gpu, mig, npu, container, vm] = await Promise.all([
    first('/accelerators/gpus?node=gpu-worker-1&limit=1'),
    first('/accelerators/gpus?node=gpu-worker-2&limit=1'),
    first('/accelerators/npus?limit=1'),
    first('/infrastructure/containers?namespace=serving&limit=1'),
    first('/infrastructure/vms?limit=1'),
  ])
  return {
    GPU: gpu.gpu_id,
    MIG: mig.gpu_id,
    NPU: npu.npu_id,
    NODE: 'gpu-worker-1',
    POD: `${container.namespace}/${container.pod}`,
    CONTAINER: container.id,
    VM: vm.id,
  }
}

const filledIn = (path: string, names: Names): string =>
  path.replace(/(?<=\/)[A-Z]+(?=[/?]|$)/, (name) => names[name] ?? name)

describe.skipIf(ENGINES.length === 0).each(ENGINES)(
  'every route over $title',
  { timeout: 120_000 },
  ({ flavour, start, tolerance }) => {
    let backend: Awaited<ReturnType<Engine['start']>>
    let real: EveryDomain
    let ours: EveryDomain
    let names: Names

    beforeAll(async () => {
      backend = await start()
      const settings = { name: 'site', url: backend.url, flavour }
      const open = (spec: ClusterSpec) => openHttp(256 * 2 ** 20)(spec)
      real = await everyDomain({ now: NOW, sources: SOURCES, cluster: settings, open })
      ours = await everyDomain({ now: NOW, sources: SOURCES, cluster: settings, open: inProcess })
      names = await namesIn(ours)
    }, 120_000)
    afterAll(async () => {
      await Promise.all([real.close(), ours.close()])
      await backend.stop()
    })

    it.each(PATHS)('%s', async (path) => {
      const url = filledIn(path, names)
      const [found, expected] = await Promise.all([real.get(url), ours.get(url)])
      expect([found.status, expected.status], JSON.stringify(expected.body)).toEqual([200, 200])
      expect(isEmpty(expected.body.data), 'there is nothing to compare').toBe(false)
      expect(differences(found.body.data, expected.body.data, tolerance)).toEqual([])
      const codes = ({ body }: typeof found) =>
        body.meta.warnings.map(({ code }: { code: string }) => code)
      expect(codes(found)).toEqual(codes(expected))
    })

    it('has the p95 of boards that the engine itself makes', async () => {
      const path = `/monitoring/timeseries/metrics?metric=power_watts&entity=gpu&aggregation=p95&${WINDOW}`
      const { body } = await real.get(path)
      const [, given] = body.data.series[0].points.at(-1) as [number, number]
      const query = 'quantile(0.95, max by (UUID) (DCGM_FI_DEV_POWER_USAGE))'
      const reply = await fetch(
        `${backend.url}/api/v1/query?query=${encodeURIComponent(query)}&time=${AT}&nocache=1`,
      )
      const { data } = (await reply.json()) as { data: { result: { value: [number, string] }[] } }
      expect(given).toBeCloseTo(Number(data.result[0]?.value[1]), 6)
    })
  },
)

const isEmpty = (data: unknown): boolean =>
  Array.isArray(data) ? data.length === 0 : Object.keys(data as object).length === 0

/** Where two answers differ, as paths with both values. */
function differences(found: unknown, expected: unknown, tolerance: number, at = ''): string[] {
  if (typeof found === 'number' && typeof expected === 'number') {
    const most = tolerance * Math.max(Math.abs(found), Math.abs(expected), 1e-3)
    return Math.abs(found - expected) <= most ? [] : [`${at}: ${found}, not ${expected}`]
  }
  if (typeof found === 'object' && typeof expected === 'object' && found && expected) {
    const keys = new Set([...Object.keys(found), ...Object.keys(expected)])
    return [...keys].flatMap((key) =>
      differences(
        (found as Record<string, unknown>)[key],
        (expected as Record<string, unknown>)[key],
        tolerance,
        `${at}/${key}`,
      ),
    )
  }
  return found === expected
    ? []
    : [`${at}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`]
}

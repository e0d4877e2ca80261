import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import { clusterSpec } from '../../src/services/prometheus/index.ts'
import type { Fault, SourceName } from '../../src/simulator/faults.ts'
import { everyDomain, simulatedEnd, type EveryDomain } from '../support/every-domain.ts'
import { figuresIn, type Figures } from '../support/figures.ts'
import { quietWorld } from '../support/quiet-world.ts'
import { filledIn, namesIn, type Names } from '../support/reads.ts'

// One fault after the other in a world whose truth is known: what the same world answers without it, which other
// tests hold against the simulator. Each figure of each route is the true one, or null, or not there, or the answer
// says what is wrong, by a warning that it does not have without the fault or by the method, the coverage or the
// source of the figure itself.

const NOW = '2026-11-20T02:00:00.000Z'
const AT = Date.parse(NOW) / 1000
const WINDOW = 'period=10m&step=1m'

const ROUTES = [
  '/accelerators/gpus?limit=100',
  '/accelerators/npus?limit=100',
  '/accelerators/summary',
  `/accelerators/gpus/GPU/power?${WINDOW}`,
  '/infrastructure/nodes',
  `/infrastructure/nodes/NODE/power?${WINDOW}`,
  '/infrastructure/pods?limit=1000',
  '/infrastructure/containers?limit=1000',
  '/infrastructure/vms',
  '/cost/current?by=pod&partial=allow',
  `/cost/hourly?${WINDOW}&partial=allow`,
  '/hardware/ipmi/power',
  '/clusters/site/power',
  '/clusters/compare?metrics=power,energy,utilization,temperature,efficiency&period=10m',
  '/monitoring/power',
  '/monitoring/power/breakdown?by=pod',
  '/monitoring/power/efficiency?period=10m',
  `/monitoring/timeseries/power?${WINDOW}&by=pod`,
  `/monitoring/timeseries/metrics?metric=power_watts&aggregation=sum&${WINDOW}`,
  `/monitoring/timeseries/temperature?${WINDOW}`,
  '/power/current',
  '/power/nodes',
]

const ALWAYS = { from: 0, until: 4e9 }
const SINCE = { from: AT - 1200, until: 4e9 }
const NODE = 'gpu-worker-1'

const metric = (name: string, node?: string) => ({
  cluster: 'site',
  metric: name,
  ...(node !== undefined && { node }),
})
const exporter = (source: SourceName, node?: string) => ({
  cluster: 'site',
  source,
  ...(node !== undefined && { node }),
})
const slip = (
  name: string,
  factor: number,
  span: Pick<Fault, 'from' | 'until'> = ALWAYS,
): Fault => ({
  kind: 'unit_slip',
  target: metric(name, name.startsWith('DCGM') ? NODE : undefined),
  factor,
  ...span,
})

const BOARD = 'DCGM_FI_DEV_POWER_USAGE'

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['a board that reads NaN', { kind: 'nan', target: metric(BOARD, NODE), ...ALWAYS }],
  ['a board that reads infinity', slip(BOARD, Infinity)],
  ['a board that reads less than nothing', slip(BOARD, -1)],
  ['a board that reads milliwatts', slip(BOARD, 1000)],
  ['a board that reads kilowatts', slip(BOARD, 0.001)],
  [
    'a board that read a thousandfold for a minute',
    slip(BOARD, 1e3, { from: AT - 300, until: AT - 240 }),
  ],
  [
    'a board that read kilowatts for some minutes',
    slip(BOARD, 0.001, { from: AT - 400, until: AT - 120 }),
  ],
  ['an energy counter in joules', slip('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', 0.001)],
  [
    'the blank value of DCGM',
    { kind: 'sentinel', target: metric('DCGM_FI_DEV_GPU_TEMP', NODE), ...ALWAYS },
  ],
  ['a meter that reads milliwatts', slip('ipmi_dcmi_power_consumption_watts', 1000)],
  ['an NPU that reads microwatts', slip('RBLN_DEVICE_STATUS:CARD_POWER', 1e6)],
  [
    'a driver that was loaded again',
    { kind: 'counter_reset', target: { cluster: 'site', node: NODE }, from: AT - 300, until: 4e9 },
  ],
  [
    'a BMC that does not answer',
    { kind: 'bmc_silent', target: { cluster: 'site', node: NODE }, ...ALWAYS },
  ],
  ['a DCGM that is gone', { kind: 'exporter_down', target: exporter('dcgm', NODE), ...SINCE }],
  ['a Kepler that is gone', { kind: 'exporter_down', target: exporter('kepler', NODE), ...SINCE }],
  [
    'an ipmi_exporter that is gone',
    { kind: 'exporter_down', target: exporter('ipmi', NODE), ...SINCE },
  ],
  [
    'all exporters of Furiosa gone',
    { kind: 'exporter_down', target: exporter('furiosa'), ...SINCE },
  ],
  [
    'a kubelet that is gone',
    { kind: 'exporter_down', target: exporter('kubelet', NODE), ...SINCE },
  ],
  [
    'kube-state-metrics gone',
    { kind: 'exporter_down', target: exporter('kube_state_metrics'), ...SINCE },
  ],
  ['libvirt gone', { kind: 'exporter_down', target: exporter('libvirt'), ...SINCE }],
  [
    'a DCGM that missed some minutes',
    { kind: 'exporter_down', target: exporter('dcgm', NODE), from: AT - 400, until: AT - 200 },
  ],
  [
    'a DCGM that is stale',
    { kind: 'exporter_stale', target: exporter('dcgm', NODE), from: AT - 240, until: 4e9 },
  ],
  [
    'a Kepler that is stale',
    { kind: 'exporter_stale', target: exporter('kepler', NODE), from: AT - 240, until: 4e9 },
  ],
  [
    'a BMC that is stale',
    { kind: 'exporter_stale', target: exporter('ipmi', NODE), from: AT - 240, until: 4e9 },
  ],
  ['a DCGM that is frozen', { kind: 'exporter_frozen', target: exporter('dcgm', NODE), ...SINCE }],
  [
    'a Kepler that is frozen',
    { kind: 'exporter_frozen', target: exporter('kepler', NODE), ...SINCE },
  ],
  ['NPUs that are frozen', { kind: 'exporter_frozen', target: exporter('furiosa'), ...SINCE }],
  [
    'a Prometheus that says that something is missing',
    {
      kind: 'backend_warning',
      target: { cluster: 'site' },
      text: 'PromQL warning: one store did not answer',
      ...ALWAYS,
    },
  ],
]

function serve(faults: readonly Fault[]): Promise<EveryDomain> {
  const world = quietWorld(faults)
  return everyDomain({
    now: NOW,
    sources: SOURCES,
    clusters: [clusterSpec(10).parse({ name: 'site', url: 'http://simulator.invalid' })],
    open: () => simulatedEnd(world, 'site', NOW),
  })
}

interface True {
  readonly figures: Figures
  readonly warnings: ReadonlySet<string>
}

const textOf = ({ code, detail }: { readonly code: string; readonly detail: string }): string =>
  `${code} ${detail}`

let names: Names
const truth = new Map<string, True>()
beforeAll(async () => {
  const clean = await serve([])
  names = await namesIn(clean)
  for (const route of ROUTES) {
    const { body } = await clean.get(filledIn(route, names))
    truth.set(route, {
      figures: figuresIn(body.data),
      warnings: new Set(body.meta.warnings.map(textOf)),
    })
  }
  await clean.close()
}, 120_000)

it('nothing is wrong without a fault', () => {
  for (const [route, { warnings }] of truth) expect([...warnings], route).toEqual([])
})

describe.each(FAULTS)('with %s', (_name, fault) => {
  let app: EveryDomain
  beforeAll(async () => {
    app = await serve([fault])
  })
  afterAll(() => app.close())

  it('no figure is silently wrong', async () => {
    for (const route of ROUTES) {
      const { status, body } = await app.get(filledIn(route, names))
      if (status === 404) continue
      expect(status, route).toBe(200)
      const known = truth.get(route)
      const warnings: readonly Parameters<typeof textOf>[0][] = body.meta.warnings
      if (warnings.some((warning) => known?.warnings.has(textOf(warning)) !== true)) continue
      expect(silentlyWrong(figuresIn(body.data), known?.figures ?? new Map()), route).toEqual([])
    }
  }, 240_000)
})

/** What can tell of a figure that it is not the whole truth. */
const TELLING = [
  'method',
  'power_method',
  'power_source',
  'coverage',
  'covered_seconds',
  'source',
  'sources',
  'status',
]

/** The figures that are wrong though nothing in the objects around them says so. */
function silentlyWrong(told: Figures, known: Figures): readonly string[] {
  return [...told].flatMap(([place, { value, within }]) => {
    if (typeof value !== 'number') return []
    const right = known.get(place)?.value
    if (typeof right === 'number' && isNear(value, right)) return []
    const isToldThere = within.some((around) =>
      TELLING.some((name) => {
        const field = `${around}.${name}`
        return told.has(field) && told.get(field)?.value !== known.get(field)?.value
      }),
    )
    return isToldThere ? [] : [`${place} is ${value} and not ${String(right)}`]
  })
}

/** Exporters round: what reads microwatts shows more digits than what reads tenths of a watt. */
const isNear = (value: number, right: number): boolean =>
  Math.abs(value - right) <= 0.005 * Math.abs(right) + 0.6

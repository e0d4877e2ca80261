import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import { openHttp } from '../../src/connect.ts'
import { clusterSpec, type ClusterSpec } from '../../src/services/prometheus/index.ts'
import { openMetrics } from '../../src/simulator/open-metrics.ts'
import type { ConnectionEnd } from '../../src/connect.ts'
import { everyDomain, simulatedEnd, type EveryDomain } from '../support/every-domain.ts'
import { realPrometheusBinaries, requireReal, startPrometheus } from '../support/real-prometheus.ts'
import { importToVictoria, VICTORIA } from '../support/real-victoria.ts'
import { quietWorld } from '../support/quiet-world.ts'
import { filledIn, namesIn, READS, WINDOW, type Names } from '../support/reads.ts'

/*
 * One history behind each engine: every route answers as it does over the simulator's own evaluation of the same
 * samples, which the tests of truth hold against what really happened. Nothing begins or ends in the window, since
 * history that is loaded from a file has no marks of ended series.
 */

const NOW = '2026-11-20T02:00:00.000Z'
const AT = Date.parse(NOW) / 1000
const HISTORY_SECONDS = 1500
const world = quietWorld()
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

const inProcess = (): ConnectionEnd => simulatedEnd(world, 'site', NOW)

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
      const settings = clusterSpec(60).parse({ name: 'site', url: backend.url, flavour })
      const open = (spec: ClusterSpec) => openHttp(256 * 2 ** 20)(spec)
      real = await everyDomain({ now: NOW, sources: SOURCES, clusters: [settings], open })
      ours = await everyDomain({
        now: NOW,
        sources: SOURCES,
        clusters: [settings],
        open: inProcess,
      })
      names = await namesIn(ours)
    }, 120_000)
    afterAll(async () => {
      await Promise.all([real.close(), ours.close()])
      await backend.stop()
    })

    it.each(READS)('%s', async (path) => {
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

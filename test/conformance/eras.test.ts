import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOURCES } from '../../src/catalogue/sources/index.ts'
import { openHttp } from '../../src/connect.ts'
import { clusterSpec } from '../../src/services/prometheus/index.ts'
import { everyDomain, type EveryDomain } from '../support/every-domain.ts'
import { storedSeriesIn } from '../support/fleet.ts'
import {
  realPrometheusBinaries,
  requireReal,
  startPrometheus,
  type RealPrometheus,
} from '../support/real-prometheus.ts'
import { SITES } from './eras.ts'
import { openMetricsOf } from './unruly-history.ts'

// Eras of exporters that no recorded sample shows, with an hour of history in a real Prometheus each.

const NOW = '2026-11-20T02:00:00.000Z'

const haveProm = requireReal('prometheus', 'prometheus') && requireReal('promtool', 'prometheus')
const [binary] = haveProm ? realPrometheusBinaries() : []

const near = (watts: number | null) => (watts === null ? null : expect.closeTo(watts, 4))
const nearAll = (parts: Readonly<Record<string, number | null>>) =>
  Object.fromEntries(Object.entries(parts).map(([part, watts]) => [part, near(watts)]))

describe.skipIf(binary === undefined).each(SITES)('$name', ({ name, text, ...told }) => {
  let prometheus: RealPrometheus
  let server: EveryDomain
  const read = async (path: string) => (await server.get(path)).body.data
  beforeAll(async () => {
    const history = openMetricsOf(storedSeriesIn(text, () => new Date(NOW)))
    prometheus = await startPrometheus({
      openMetrics: history,
      ...(binary !== undefined && { binary: binary.path }),
    })
    server = await everyDomain({
      now: NOW,
      sources: SOURCES,
      clusters: [clusterSpec(10).parse({ name, url: prometheus.url })],
      open: openHttp(2 ** 26),
    })
  }, 60_000)
  afterAll(async () => {
    await server.close()
    await prometheus.stop()
  })

  it('measures each node once', async () => {
    const { by_node: nodes, total_power_watts: total } = await read(
      '/monitoring/power/infrastructure',
    )
    const found = new Map<string, any>(nodes.map((row: any) => [row.node, row]))
    expect([...found.keys()].sort()).toEqual(Object.keys(told.nodes).sort())
    for (const [node, { watts, source, parts = {} }] of Object.entries(told.nodes)) {
      const { power_watts: drawn, ...row } = found.get(node)
      expect([drawn, row.source], node).toEqual([near(watts), source])
      expect(row.parts, node).toMatchObject(nearAll(parts))
    }
    const { data: power } = (await server.get(`/clusters/${name}/power`)).body
    expect(power.total_power_watts).toEqual(near(total))
  })

  it('lists each board once, on its node', async () => {
    const [gpus, npus] = [await read('/accelerators/gpus'), await read('/accelerators/npus')]
    const found = [...gpus, ...npus].map((row: any) => [
      row.gpu_id ?? row.npu_id,
      [row.node, row.power_watts],
    ])
    const boards = Object.entries(told.boards ?? {})
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(boards.map(([id, [node, watts]]) => [id, [node, near(watts)]])),
    )
    expect(found).toHaveLength(boards.length)
  })

  it('gives each workload its watts', async () => {
    const { rows } = await read('/monitoring/power/breakdown?by=pod')
    const named = rows.filter(
      (row: any) => row.key.pod !== 'idle' && row.key.pod !== 'unattributed',
    )
    const found = named.map(({ key, power_watts: watts }: any) => [
      key.namespace === undefined ? (key.vm ?? key.pod) : `${key.namespace}/${key.pod}`,
      watts,
    ])
    expect(Object.fromEntries(found)).toEqual(nearAll(told.workloads))
  })

  it.skipIf(told.containers === undefined)('gives each container its watts', async () => {
    const rows: readonly any[] = await read('/infrastructure/containers')
    const found = rows.map((row) => [
      `${row.namespace}/${row.pod}/${row.container}`,
      row.power_watts,
    ])
    expect(Object.fromEntries(found)).toEqual(nearAll(told.containers ?? {}))
  })

  it('measures the same over the last ten minutes', async () => {
    for (const [node, { watts }] of Object.entries(told.nodes)) {
      if (watts === null) continue
      const { energy_joules: joules, ...window } = await read(
        `/infrastructure/nodes/${node}/power?period=10m&step=1m`,
      )
      expect(window.covered_seconds, node).toBe(600)
      expect(joules / 600 / watts, node).toBeCloseTo(1, 3)
    }
  })
})

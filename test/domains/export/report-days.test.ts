import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  realPrometheusBinaries,
  requireReal,
  startPrometheus,
  type RealPrometheus,
} from '../../support/real-prometheus.ts'
import { wholeServer, type WholeServer } from '../../support/whole-server.ts'

/** Samples lie between the edges of windows, which Prometheus 2 and 3 draw differently. */
const START = Date.parse('2026-10-24T00:00:30Z') / 1000
const END = Date.parse('2026-10-26T12:00:00Z') / 1000
/** Half an hour in which nothing was scraped: from noon to half past in Berlin, after the clocks went back. */
const GAP = Date.parse('2026-10-25T11:00:00Z') / 1000

/** A server that draws 1000 W, with a peak of 4000 W from 18:00 to 18:15 in Berlin. */
function* history(): Generator<string> {
  const peak = Date.parse('2026-10-25T17:00:00Z') / 1000
  yield '# TYPE ipmi_dcmi_power_consumption_watts gauge\n'
  for (let time = START; time <= END; time += 60) {
    if (time > GAP && time <= GAP + 1800) continue
    const watts = time > peak && time <= peak + 900 ? 4000 : 1000
    yield `ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} ${watts} ${time}\n`
  }
  yield '# TYPE kube_node_info gauge\n'
  for (let time = START; time <= END; time += 60)
    yield `kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1 ${time}\n`
  yield '# EOF\n'
}

const isThere = requireReal('prometheus', 'prometheus')

describe.skipIf(!isThere).each(realPrometheusBinaries())('reports over $name', ({ path }) => {
  let prometheus: RealPrometheus
  let server: WholeServer
  beforeAll(async () => {
    prometheus = await startPrometheus({ binary: path, openMetrics: history() })
    server = await wholeServer([{ name: 'seoul', url: prometheus.url }])
  }, 60_000)
  afterAll(async () => {
    await server.close()
    await prometheus.stop()
  })

  const report = async (timezone: string) => {
    const query = `template=daily&start_date=2026-10-25&timezone=${timezone}&format=json`
    const { status, body } = await server.get(`/export/report?${query}`)
    expect(status).toBe(200)
    return body.data
  }

  it('have the energy of 25 hours, less the time without samples', async () => {
    const data = await report('Europe/Berlin')
    expect(data.period.hours).toBe(25)
    const covered = 25 * 3600 - 1800
    expect(data.quality.covered_seconds).toBe(covered)
    expect(data.quality.gaps).toEqual([
      { start: '2026-10-25T11:00:00.000Z', end: '2026-10-25T11:30:00.000Z' },
    ])
    expect(data.summary.energy_joules.current / (1000 * covered + 3000 * 900)).toBeCloseTo(1, 2)
    expect(data.demand.peak_start).toBe('2026-10-25T17:00:00.000Z')
    expect(data.demand.peak_power_watts / 4000).toBeCloseTo(1, 1)
  })

  it('agree with the series of the same day, point by point', async () => {
    const data = await report('Asia/Seoul')
    expect(data.period.hours).toBe(24)
    const { start, end } = data.period as { start: string; end: string }
    const { body } = await server.get(
      `/monitoring/timeseries/power?start=${start}&end=${end}&step=15m`,
    )
    const points = (body.data.series[0].points as readonly unknown[]).slice(1)
    expect(data.trend.power[0].points).toEqual(points)
  })
})

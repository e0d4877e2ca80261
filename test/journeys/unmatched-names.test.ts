import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireReal } from '../support/real-prometheus.ts'
import { scrape, type ScrapingPrometheus } from '../support/scraped.ts'
import { wholeServer, type WholeServer } from '../support/whole-server.ts'

const NODES = 'kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1\n'
const BMC = `ipmi_up{collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts 500
`

describe.skipIf(!requireReal('prometheus', 'prometheus'))('a BMC that nobody knows', () => {
  let prometheus: ScrapingPrometheus
  let server: WholeServer
  const start = (environment: Readonly<Record<string, string>> = {}) =>
    wholeServer([{ name: 'seoul', url: prometheus.url }], environment)
  const told = async (from: WholeServer) =>
    (await from.get('/system/capabilities')).body.data.unmatched_names

  beforeAll(async () => {
    prometheus = await scrape([
      { job: 'kube-state-metrics', text: NODES },
      { job: 'ipmi', text: BMC, labels: { instance: '10.9.0.7' } },
    ])
    await prometheus.scraped()
    server = await start()
  }, 60_000)
  afterAll(async () => {
    await server.close()
    await prometheus.stop()
  })

  it('is counted for everybody once it was read, and named for those with the password', async () => {
    expect(await told(server)).toEqual([
      { cluster: 'seoul', observed_at: null, names: 0, by_source: [] },
    ])
    await server.get('/hardware/ipmi/summary')
    const [seen] = await told(server)
    expect(seen).toMatchObject({ cluster: 'seoul', observed_at: expect.any(String) })
    expect(seen.names).toBeGreaterThan(0)
    await server.get('/monitoring/power')
    const [all] = await told(server)
    expect(all.by_source).toEqual(
      expect.arrayContaining([
        { source: 'dcmi', names: 1 },
        { source: 'ipmi', names: 1 },
      ]),
    )
    expect(JSON.stringify(all)).not.toContain('10.9.0.7')
    const { body } = await server.get('/monitoring/unmatched-names')
    expect(new Set(body.data.map(({ name }: { name: string }) => name))).toEqual(
      new Set(['10.9.0.7']),
    )
  })

  it('is no longer when BMC_NODES says whose it is', async () => {
    const other = await start({ BMC_NODES: '{"10.9.0.7":"gpu-1"}' })
    await other.get('/hardware/ipmi/summary')
    const { body } = await other.get('/monitoring/power')
    expect(body.data.total_power_watts).toBe(500)
    expect(await told(other)).toMatchObject([{ names: 0, by_source: [] }])
    await other.close()
  })
})

import { afterEach, describe, expect, it } from 'vitest'
import { SOURCES } from '../../../src/catalogue/sources/index.ts'
import { infrastructure } from '../../../src/domains/infrastructure/index.ts'
import { monitoring } from '../../../src/domains/monitoring/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { createFleet } from '../../support/fleet.ts'
import { createTestApp, fakeClock, type TestApp } from '../../support/test-app.ts'

/** Meters that know their nodes by an external address, by a host name, and by what their kernel is called. */
const SITE = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
kube_node_info{node="gpu-2",internal_ip="10.0.0.2"} 1
kube_node_info{node="gpu-3",internal_ip="10.0.0.3"} 1
kube_node_status_addresses{node="gpu-1",type="ExternalIP",address="203.0.113.7"} 1
kube_node_status_addresses{node="gpu-2",type="Hostname",address="rack7-u12"} 1
node_uname_info{instance="192.0.2.9:9100",nodename="gpu-3"} 1
ipmi_dcmi_power_consumption_watts{instance="203.0.113.7"} 500
ipmi_dcmi_power_consumption_watts{instance="rack7-u12"} 400
node_hwmon_power_average_watt{instance="192.0.2.9:9100",chip="power_meter_acpi_0",sensor="power1"} 300
node_memory_MemTotal_bytes{instance="192.0.2.9:9100"} 1073741824
node_memory_MemTotal_bytes{instance="203.0.113.7:9100"} 2147483648
`

let app: TestApp | undefined
afterEach(async () => app?.close())

async function serve() {
  const clock = fakeClock()
  const { telemetry } = createFleet({ site: SITE }, clock.now, SOURCES)
  const identity = { rewrites: [], bmcs: [] }
  const fleet = createFleetReader({ telemetry, identity })
  const needs = { telemetry, fleet, identity, assumedPue: null }
  app = await createTestApp([infrastructure(needs), monitoring(needs)], { clock })
  const served = app
  return async (path: string) => {
    const reply = await served.get(`/api/v1${path}`)
    expect(reply.statusCode, reply.body).toBe(200)
    return JSON.parse(reply.body) as Record<string, any>
  }
}

describe('names of nodes', () => {
  it('are the same to the routes of power and to those of machines', async () => {
    const get = await serve()
    const { data: power, meta } = await get('/monitoring/power')
    expect(power).toMatchObject({ total_power_watts: 1200, coverage: 1 })
    expect(meta.warnings).toEqual([])
    const { data: nodes, meta: told } = await get('/infrastructure/nodes')
    expect(told.warnings).toEqual([])
    const rows = nodes.map((row: any) => [row.node, row.power_watts, row.memory_total_mb])
    expect(rows).toEqual([
      ['gpu-1', 500, 2048],
      ['gpu-2', 400, null],
      ['gpu-3', 300, 1024],
    ])
  })
})

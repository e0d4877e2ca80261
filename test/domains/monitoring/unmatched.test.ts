import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { FleetMember } from '../../support/fleet.ts'
import { serveMonitoring, type MonitoringApp } from '../../support/monitoring.ts'

const SEOUL = `
  kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
  kube_node_info{node="Web.a.example.org"} 1
  kube_node_info{node="web.b.example.org"} 1
  ipmi_dcmi_power_consumption_watts{instance="10.9.0.1"} 500
  ipmi_dcmi_power_consumption_watts{instance="10.0.0.1:9290"} 700
  DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="web"} 300
`

let served: MonitoringApp
afterEach(() => served.app.close())
const serve = async (members: Readonly<Record<string, FleetMember>>) => {
  served = await serveMonitoring(members)
  return served.get
}

describe('GET /monitoring/unmatched-names', () => {
  it('lists every name that is no node, who uses it, why, and what it could be', async () => {
    const get = await serve({ seoul: SEOUL })
    const { status, data, meta } = await get('/monitoring/unmatched-names?sort=name')
    expect(status).toBe(200)
    expect(data).toEqual([
      {
        cluster: 'seoul',
        source: 'dcmi',
        name: '10.9.0.1',
        reason: 'unknown',
        candidates: [],
        rows: 1,
        observed_at: '2026-11-20T00:00:00.000Z',
      },
      expect.objectContaining({ source: 'ipmi', name: '10.9.0.1' }),
      {
        cluster: 'seoul',
        source: 'dcgm',
        name: 'web',
        reason: 'ambiguous',
        candidates: ['Web.a.example.org', 'web.b.example.org'],
        rows: 2,
        observed_at: '2026-11-20T00:00:00.000Z',
      },
    ])
    expect(meta.page.total).toBe(3)
  })

  it('says it of a window of power too', async () => {
    const get = await serve({ seoul: SEOUL })
    const { meta } = await get('/monitoring/timeseries/power?period=10m')
    expect(meta.warnings).toContainEqual({
      code: 'unmatched_names',
      cluster: 'seoul',
      detail: expect.stringContaining('10.9.0.1 (dcmi)'),
    })
  })

  it('is for those with the password, and about clusters that there are', async () => {
    const get = await serve({ seoul: SEOUL })
    expect((await get('/monitoring/unmatched-names', { auth: false })).status).toBe(401)
    expect((await get('/monitoring/unmatched-names?cluster=busan')).status).toBe(404)
    expect((await get('/monitoring/unmatched-names?sort=colour')).status).toBe(400)
  })

  it('tells which cluster could not be asked', async () => {
    const down = { fails: new KCloudError('backend_unreachable', { detail: 'no route' }) }
    const get = await serve({ seoul: SEOUL, busan: down })
    const { data, meta } = await get('/monitoring/unmatched-names')
    expect(data).toHaveLength(3)
    expect(meta.status).toBe('partial')
    served.fleet.set('seoul', down)
  })

  it('fails when no cluster answers', async () => {
    const down = { fails: new KCloudError('backend_unreachable', { detail: 'no route' }) }
    const get = await serve({ seoul: down })
    expect((await get('/monitoring/unmatched-names')).status).toBe(502)
  })
})

describe('a BMC that says whose it is', () => {
  const REDFISH = `
    kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
    kube_node_info{node="gpu-2",internal_ip="10.0.0.2"} 1
    idrac_system_machine_info{instance="10.9.0.1",hostname="gpu-1"} 1
    idrac_power_control_consumed_watts{instance="10.9.0.1",id="0",name="System Power Control"} 640
  `

  it('has its watts at that node', async () => {
    const get = await serve({ seoul: REDFISH })
    const { data, meta } = await get('/monitoring/power/infrastructure')
    expect(data.by_node).toMatchObject([
      { node: 'gpu-1', power_watts: 640, source: 'redfish' },
      { node: 'gpu-2', power_watts: null },
    ])
    expect(meta.warnings).toEqual([])
  })

  it('is not believed against BMC_NODES', async () => {
    served = await serveMonitoring(
      { seoul: REDFISH },
      { identity: { rewrites: [], bmcs: [{ cluster: null, bmc: '10.9.0.1', node: 'gpu-2' }] } },
    )
    const { data } = await served.get('/monitoring/power/infrastructure')
    expect(data.by_node).toMatchObject([{ power_watts: null }, { power_watts: 640 }])
  })
})

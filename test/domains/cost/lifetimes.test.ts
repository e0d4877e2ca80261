import { afterEach, describe, expect, it } from 'vitest'
import { priceBookList } from '../../../src/config-prices.ts'
import { serveCost, type CostApp, type CostOptions } from '../../support/cost.ts'

/**
 * The node draws 1000 W, and its boards 400 W while a pod works on them, 100 W else. The job was there for the first
 * two of the last five minutes; the pod beside it all the time.
 */
const WORLD = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
kube_node_info{node="gpu-2",internal_ip="10.0.0.2"} 1
kube_node_status_capacity{node="gpu-1",resource="cpu",unit="core"} 10
kube_pod_info{namespace="ml",pod="job",node="gpu-1",uid="u1"} 1 # last 180s
kube_pod_status_phase{namespace="ml",pod="job",phase="Running"} 1 # last 180s
kube_pod_container_resource_requests{namespace="ml",pod="job",container="c",node="gpu-1",resource="cpu",unit="core"} 5 # last 180s
kube_pod_info{namespace="ml",pod="site",node="gpu-1",uid="u2"} 1
kube_pod_status_phase{namespace="ml",pod="site",phase="Running"} 1
kube_pod_container_resource_requests{namespace="ml",pod="site",container="c",node="gpu-1",resource="cpu",unit="core"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 1000
kepler_node_cpu_watts{node_name="gpu-1",zone="package"} 200
kepler_pod_cpu_watts{pod_name="job",pod_namespace="ml",node_name="gpu-1",zone="package",state="running"} 60 # last 180s
kepler_pod_cpu_watts{pod_name="site",pod_namespace="ml",node_name="gpu-1",zone="package",state="running"} 20
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-0",gpu="0",Hostname="gpu-1",namespace="ml",pod="job",container="c"} 400 # last 180s
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-0",gpu="0",Hostname="gpu-1"} 100 # since 165s
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="1",Hostname="gpu-1",namespace="ml",pod="site",container="c"} 300
`
/** Five minutes as one step, of which the pod saw two: twenty samples, of which it has eight. */
const STEP = 'start=2026-11-19T23:55:00Z&end=2026-11-20T00:00:00Z&step=5m'

let served: CostApp | undefined
afterEach(async () => {
  await served?.app.close()
  served = undefined
})

async function costOf(pod: string, options: CostOptions = {}, text = WORLD) {
  served ??= await serveCost({ seoul: text }, options)
  const { status, data } = await served.get(`/cost/workload/${pod}?${STEP}&partial=allow`)
  expect(status, JSON.stringify(data)).toBe(200)
  return data
}

const joules = (data: { readonly energy_joules: number }) => Math.round(data.energy_joules)

describe('a job that lived for two of the five minutes of a step', () => {
  it('is charged what it drew in those two, on its board and on the processor', async () => {
    const job = await costOf('job')
    expect(joules(job)).toBe((400 + 60) * 120)
    expect(job.charged_seconds).toBeCloseTo(120, 6)
    expect(job.accelerator_hours).toBeCloseTo(120 / 3600, 9)
    // By the hour of the time that it was there.
    expect(job.cost_per_hour).toBeCloseTo(0.46 * 0.326, 5)
    const site = await costOf('site')
    expect(joules(site)).toBe((300 + 20) * 300)
    expect(site.charged_seconds).toBe(300)
  })

  it('leaves the rest of the step to nobody, and the total is what the node drew', async () => {
    await costOf('job')
    const rows = JSON.parse(
      (await served?.app.get(`/cost/focus?${STEP}&format=json`))?.body ?? '[]',
    ) as { ResourceType: string; x_EnergyKwh: number }[]
    const all = rows.reduce((sum, row) => sum + row.x_EnergyKwh, 0)
    expect(all * 3_600_000).toBeCloseTo(1000 * 300, 0)
    const idle = rows.find(({ ResourceType: type }) => type === 'Idle Capacity')
    // 100 W of the board for three minutes, and of the 200 W of the processors what the two pods leave.
    expect((idle?.x_EnergyKwh ?? 0) * 3_600_000).toBeCloseTo(
      100 * 180 + 200 * 300 - 60 * 120 - 20 * 300,
      0,
    )
  })

  it('shares its board in time with the one that came after it', async () => {
    const after = WORLD.replace(
      /(DCGM_FI_DEV_POWER_USAGE\{UUID="GPU-0",gpu="0",Hostname="gpu-1")\} 100 # since 165s/,
      '$1,namespace="ml",pod="site",container="c"} 250 # since 165s',
    )
    expect(joules(await costOf('job', {}, after))).toBe((400 + 60) * 120)
    const site = await costOf('site', {}, after)
    expect(joules(site)).toBe(250 * 180 + (300 + 20) * 300)
    expect(site.accelerator_hours).toBeCloseTo((180 + 300) / 3600, 9)
  })

  it('is not charged for what an exporter does not tell of its board after it', async () => {
    const silent = WORLD.replace(/DCGM.*since 165s\n/, '')
    expect(joules(await costOf('job', {}, silent))).toBe((400 + 60) * 120)
  })

  it('keeps its share where a second exporter tells of its board without pods', async () => {
    const twice = `${WORLD}DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="1",Hostname="gpu-1",instance="b"} 300\n`
    expect(joules(await costOf('site', {}, twice))).toBe((300 + 20) * 300)
  })

  it('is charged by finer steps what it is by the whole one', async () => {
    served = await serveCost({ seoul: WORLD })
    const fine = STEP.replace('step=5m', 'step=1m')
    const { data } = await served.get(`/cost/workload/job?${fine}`)
    expect(joules(data)).toBe((400 + 60) * 120)
    expect(data.charged_seconds).toBeCloseTo(120, 6)
  })

  it('pays for the part of its node and board that it held, for that time', async () => {
    const books = priceBookList.parse([
      {
        name: 'lease',
        currency: 'USD',
        time_zone: 'UTC',
        verified: true,
        electricity: 'included',
        classes: [
          { name: 'all', prices: [{ from: '2026-01-01', per_hour: '12', gpu_share: '0.5' }] },
        ],
      },
    ])
    const job = await costOf('job', { rates: { books } })
    // Half of the processors, and one of two boards: 3 and 3 an hour, for two minutes.
    expect(job.cost_terms.infrastructure).toBeCloseTo((6 * 120) / 3600, 6)
    expect(job.charged_seconds).toBeCloseTo(120, 6)
    const { data } = await served!.get(`/cost/hourly?${STEP}`)
    expect(data.total.cost_terms.infrastructure).toBe((2 * 12 * 300) / 3600)
  })
})

describe('a node that joined within a step', () => {
  it('costs for the time that it was there', async () => {
    const books = priceBookList.parse([
      {
        name: 'lease',
        currency: 'USD',
        time_zone: 'UTC',
        verified: true,
        electricity: 'extra',
        classes: [
          { name: 'two', nodes: ['gpu-2'], prices: [{ from: '2026-01-01', per_hour: '12' }] },
        ],
      },
    ])
    const late = WORLD.replace(/^(kube_node_info\{node="gpu-2".*)$/m, '$1 # since 60s')
    served = await serveCost({ seoul: late }, { rates: { books } })
    const { data } = await served.get(`/cost/hourly?${STEP}`)
    expect(data.total.cost_terms.infrastructure).toBeCloseTo((12 * 75) / 3600, 6)
  })
})

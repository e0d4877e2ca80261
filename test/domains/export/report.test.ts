import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { KCloudError } from '../../../src/kernel/errors.ts'
import type { FleetMember } from '../../support/fleet.ts'
import { requireReal } from '../../support/real-prometheus.ts'
import { serveExports } from './serve.ts'

/** One GPU at work, one that is held and idle, one that nobody holds, on a node with a meter; and one without. */
const SEOUL = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
kube_node_info{node="cpu-9",internal_ip="10.0.0.9"} 1
ipmi_up{instance="10.1.0.1",node="gpu-1",collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 2000
kepler_node_cpu_watts{node_name="gpu-1",zone="package"} 200
kepler_pod_cpu_watts{pod_name="train-0",pod_namespace="ml-아주-긴-이름",node_name="gpu-1",zone="package",state="running"} 120
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a0",gpu="0",Hostname="gpu-1",modelName="NVIDIA H100 80GB HBM3",namespace="ml-아주-긴-이름",pod="train-0",container="main"} 600
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a1",gpu="1",Hostname="gpu-1",modelName="NVIDIA H100 80GB HBM3",namespace="lab",pod="notebook-with-a-name-that-is-as-long-as-names-in-kubernetes-may-be-and-then-some-7f9c6d5b8-x2x9z",container="main"} 80
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a2",gpu="2",Hostname="gpu-1",modelName="NVIDIA A100"} 60
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a0",gpu="0",Hostname="gpu-1"} 90
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a1",gpu="1",Hostname="gpu-1"} 0
DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a2",gpu="2",Hostname="gpu-1"} 0
DCGM_FI_DEV_GPU_TEMP{UUID="GPU-a0",gpu="0",Hostname="gpu-1"} 71
DCGM_FI_DEV_GPU_TEMP{UUID="GPU-a1",gpu="1",Hostname="gpu-1"} 40
kube_pod_info{namespace="ml-아주-긴-이름",pod="train-0",node="gpu-1",uid="u1"} 1
kube_pod_status_phase{namespace="ml-아주-긴-이름",pod="train-0",phase="Running"} 1
`
const BUSAN = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
ipmi_up{instance="10.1.0.1",node="gpu-1",collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 500
`
const DOWN: FleetMember = {
  fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }),
}

/** It is one o'clock in Berlin, so its day has the hour in which everything was scraped. */
const TODAY = 'template=daily&start_date=2026-11-20&timezone=Europe/Berlin'
const SECONDS = 45 * 60

let served: Awaited<ReturnType<typeof serveExports>> | undefined
afterEach(async () => served?.app.close())

async function get(
  query: string,
  members: Record<string, FleetMember> = { seoul: SEOUL, busan: BUSAN },
) {
  served = await serveExports(members)
  return served.app.get(`/api/v1/export/report?${query}`)
}

async function json(query = `${TODAY}&format=json`, members?: Record<string, FleetMember>) {
  const reply = await get(query, members)
  return { status: reply.statusCode, headers: reply.headers, body: JSON.parse(reply.body) }
}

describe('GET /export/report', () => {
  it('tells the energy, demand and utilisation of the period', async () => {
    const { status, headers, body } = await json()
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
    expect(headers['content-disposition']).toContain('kcloud-report-daily-2026-11-20.json')
    expect(body.meta).toMatchObject({ status: 'complete', observed_at: '2026-11-19T23:45:00.000Z' })
    const { data } = body
    expect(data.period).toMatchObject({ start_date: '2026-11-20', hours: 0.75, is_over: false })
    expect(data.summary.energy_joules.current).toBeCloseTo(2500 * SECONDS, 6)
    expect(data.summary.energy_kwh.current).toBeCloseTo((2500 * SECONDS) / 3.6e6, 9)
    expect(data.summary.energy_joules.previous).toBeNull()
    expect(data.demand).toMatchObject({
      interval_seconds: 900,
      peak_power_watts: 2500,
      peak_start: '2026-11-19T23:00:00.000Z',
      load_factor: 1,
    })
    expect(data.summary.gpu_utilization_percent.current).toBeCloseTo(30, 9)
    expect(data.efficiency).toMatchObject({ pue: 1.3, pue_source: 'assumed' })
  })

  it('tells nodes, namespaces and remainders, which add up', async () => {
    const { data } = (await json()).body
    expect(data.nodes.rows.map(({ rank, cluster, node }: any) => [rank, cluster, node])).toEqual([
      [1, 'seoul', 'gpu-1'],
      [2, 'busan', 'gpu-1'],
    ])
    const energy = data.summary.energy_joules.current as number
    const total = (rows: readonly any[]) =>
      rows.reduce((sum: number, row) => sum + Number(row.energy_joules ?? 0), 0)
    expect(total(data.parts)).toBeCloseTo(energy, 3)
    expect(total(data.clusters)).toBeCloseTo(energy, 3)
    expect(total(data.namespaces.rows)).toBeCloseTo(energy, 3)
    expect(total(data.workload_types)).toBeCloseTo(energy, 3)
    expect(data.nodes.unplaced).toBeNull()
    expect(data.namespaces.rows.map(({ kind }: any) => kind)).toContain('unattributed')
  })

  it('has a row for what is on no node', async () => {
    const lost = 'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-z",gpu="0"} 300'
    const { data } = (await json(undefined, { seoul: SEOUL, busan: lost })).body
    expect(data.nodes.unplaced).toMatchObject({ energy_joules: 300 * SECONDS })
    expect(data.nodes.unplaced.mean_power_watts).toBeCloseTo(300, 9)
    expect(data.summary.energy_joules.current).toBeCloseTo(2300 * SECONDS, 6)
  })

  it('costs what the costs of the same window say', async () => {
    const { data } = (await json()).body
    const window = `start=${data.period.start}&end=${data.period.end}&step=15m`
    const reply = await served!.app.get(`/api/v1/cost/hourly?${window}`)
    const { total, model, currency } = JSON.parse(reply.body).data
    expect(data.cost).toMatchObject({ model, currency })
    expect(data.cost.cost.current).toBe(total.cost)
    expect(data.cost.carbon_kg.current).toBe(total.carbon_kg)
    expect(data.cost.facility_energy_kwh.current).toBe(total.facility_energy_kwh)
    expect(total.energy_joules).toBeCloseTo(data.summary.energy_joules.current as number, 6)
    const terms = data.cost.terms.map(({ term, current }: any) => [term, current])
    expect(Object.fromEntries(terms)).toEqual(total.cost_terms)
    const clusters = data.cost.clusters.map(({ cost }: any) => cost as number)
    expect(clusters.reduce((a: number, b: number) => a + b)).toBeCloseTo(total.cost as number, 6)
  })

  it('tells which boards were held and idle', async () => {
    const { accelerators } = (await json()).body.data
    expect(accelerators.idle_boards).toMatchObject([
      { device: 'GPU-a1', namespace: 'lab', idle_hours: 0.75, energy_joules: 80 * SECONDS },
    ])
    expect(accelerators.uses).toMatchObject({
      active: { board_hours: 0.75, energy_joules: 600 * SECONDS },
      unallocated: { board_hours: 0.75, energy_joules: 60 * SECONDS },
    })
    expect(accelerators.by_model.map(({ model, boards }: any) => [model, boards])).toEqual([
      ['NVIDIA H100 80GB HBM3', 2],
      ['NVIDIA A100', 1],
    ])
  })

  it('says what nobody measures, and never calls it 0', async () => {
    const { data } = (await json()).body
    expect(data.quality).toMatchObject({
      status: 'complete',
      time_coverage: 1,
      unmeasured_nodes: [{ cluster: 'seoul', node: 'cpu-9' }],
    })
    expect(data.parts.find(({ part }: any) => part === 'npu').energy_joules).toBeNull()
    expect(data.summary.npu_utilization_percent.current).toBeNull()
    expect(data.manifest.figures_sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('agrees with the series of the same time', async () => {
    const { data } = (await json()).body
    const window = `start=${data.period.start}&end=${data.period.end}&step=15m`
    const reply = await served!.app.get(`/api/v1/monitoring/timeseries/power?${window}`)
    const { series } = JSON.parse(reply.body).data
    // The first point is the start of the window: its watts belong to the time before.
    const points = (series[0].points as [number, number][]).slice(1)
    expect(data.trend.power[0].points).toEqual(points)
    const energy = points.reduce((sum, [, watts]) => sum + watts * 900, 0)
    expect(data.summary.energy_joules.current).toBeCloseTo(energy, 6)
  })

  it.each([
    ['template=yearly', '/query/template'],
    ['format=docx', '/query/format'],
    ['lang=fr', '/query/lang'],
    ['timezone=Mars/Olympus', '/query/timezone'],
    ['template=custom', '/query/start_date'],
    ['template=custom&start_date=2026-11-03&end_date=2026-11-01', '/query/end_date'],
    ['start_date=yesterday', '/query/start_date'],
    ['colour=red', '/query/colour'],
  ])('refuses %s and names the parameter', async (query, pointer) => {
    const { status, body } = await json(query)
    expect(status).toBe(400)
    expect(body.errors[0].pointer).toBe(pointer)
  })

  it('wants credentials', async () => {
    served = await serveExports({ seoul: SEOUL })
    const reply = await served.app.get(`/api/v1/export/report?${TODAY}`, { auth: false })
    expect(reply.statusCode).toBe(401)
  })

  it('does not know a cluster that is none', async () => {
    expect((await json(`${TODAY}&format=json&cluster=tokyo`)).status).toBe(404)
  })

  it('refuses to be incomplete unless that is allowed', async () => {
    const members = { seoul: SEOUL, busan: DOWN }
    const refused = await json(`${TODAY}&format=json`, members)
    expect([refused.status, refused.body.detail]).toEqual([503, expect.stringContaining('busan')])
    await served?.app.close()
    const allowed = await json(`${TODAY}&format=json&partial=allow`, members)
    expect(allowed.status).toBe(200)
    expect(allowed.body.meta.status).toBe('partial')
    expect(allowed.body.data.quality.silent_clusters).toEqual(['busan'])
    expect(allowed.body.data.summary.energy_joules.current).toBeCloseTo(2000 * SECONDS, 6)
  })

  it('fails when no cluster answers', async () => {
    expect((await json(`${TODAY}&partial=allow`, { seoul: DOWN })).status).toBe(502)
  })
})

describe.skipIf(!requireReal('pdftotext', 'poppler-utils'))('a report on paper', () => {
  const dir = mkdtempSync(join(tmpdir(), 'report-'))
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 })

  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  it.each([
    ['en', ['Power and energy report', 'Data quality', 'not reported', 'Allocated but idle']],
    ['ko', ['전력·에너지 보고서', '데이터 품질', '보고 없음', '할당 후 유휴']],
  ])('has the figures of the JSON, its fonts and no empty page: %s', async (lang, words) => {
    const { data } = (await json(`${TODAY}&format=json&lang=${lang}`)).body
    const reply = await served!.app.get(`/api/v1/export/report?${TODAY}&format=pdf&lang=${lang}`)
    expect(reply.headers['content-type']).toBe('application/pdf')
    expect(reply.headers['content-disposition']).toContain('kcloud-report-daily-2026-11-20.pdf')
    const { file } = written(reply.rawPayload, 'report.pdf')
    const text = run('pdftotext', '-layout', file, '-')
    for (const word of words) expect(text).toContain(word)
    const kwh = (data.summary.energy_kwh.current as number).toFixed(1)
    expect(text).toContain(`${kwh} kWh`)
    expect(text).toContain('2.50 kW')
    expect(text).toContain('30.0 %')
    expect(text).toContain(`${data.cost.cost.current.toFixed(2)} USD`)
    expect(text).toContain(`${data.cost.carbon_kg.current.toFixed(1)} kg CO2`)
    expect(text).toContain('ml-아주-긴-이름')
    expect(text).toContain(data.manifest.figures_sha256)
    const fonts = run('pdffonts', file).trim().split('\n').slice(2)
    expect(fonts.length).toBeGreaterThan(0)
    for (const font of fonts) expect(font).toMatch(/NotoSansKR.*yes yes yes/)
    const pages = text.split('\f').slice(0, -1)
    expect(pages.length).toBe(Number(/Pages: +(\d+)/.exec(run('pdfinfo', file))?.[1]))
    for (const page of pages) expect(page.trim().split('\n').length).toBeGreaterThan(5)
    expect(run('pdfinfo', file)).toContain('A4')
    expect(await darkest(file, pages.length)).toEqual(pages.map(() => true))
  })

  it('is a workbook of typed cells with units', async () => {
    const { data } = (await json()).body
    const reply = await served!.app.get(`/api/v1/export/report?${TODAY}&format=excel`)
    expect(reply.headers['content-disposition']).toContain('.xlsx')
    const { file } = written(reply.rawPayload, 'report.xlsx')
    const part = (name: string) => run('unzip', '-p', file, name)
    const names = [...part('xl/workbook.xml').matchAll(/<sheet [^>]*name="([^"]+)"/g)]
    expect(names.map(([, name]) => name)).toEqual([
      'Summary',
      'Breakdown',
      'Accelerators',
      'Infrastructure',
      'Series',
      'Manifest',
    ])
    const summary = part('xl/worksheets/sheet1.xml')
    const cell = /<c r="B2"[^>]*><v>([^<]+)<\/v>/.exec(summary)?.[1]
    expect(Number(cell)).toBeCloseTo(data.summary.energy_kwh.current as number, 9)
    expect(summary).toContain('state="frozen"')
    expect(summary).toContain('<autoFilter ref="A1:E')
    expect(part('xl/styles.xml')).toContain('#,##0.0&quot; kWh&quot;')
    expect(part('xl/sharedStrings.xml')).toContain(data.manifest.figures_sha256)
    expect(part('xl/sharedStrings.xml')).toContain('ml-아주-긴-이름')
  })

  function written(bytes: Buffer, name: string) {
    execFileSync('mkdir', ['-p', dir])
    const file = join(dir, name)
    writeFileSync(file, bytes)
    return { file }
  }

  /** Whether something is drawn on each page: a grey picture of an empty one is white throughout. */
  function darkest(file: string, pages: number): Promise<boolean[]> {
    return Promise.all(
      Array.from({ length: pages }, (_, index) => {
        const page = String(index + 1)
        const args = ['-gray', '-r', '20', '-f', page, '-l', page, file]
        const picture = execFileSync('pdftoppm', args, { maxBuffer: 2 ** 26 })
        return Promise.resolve(picture.subarray(20).some((grey) => grey < 128))
      }),
    )
  }
})

describe('GET /export/templates', () => {
  it('lists the templates with what they are compared with', async () => {
    served = await serveExports({ seoul: SEOUL })
    const reply = await served.app.get('/api/v1/export/templates')
    const { data } = JSON.parse(reply.body)
    expect(data.map(({ name }: any) => name)).toEqual(['daily', 'weekly', 'monthly', 'custom'])
    expect(data[3]).toMatchObject({ needs_dates: true, most_days: 400 })
    expect((await served.app.get('/api/v1/export/templates', { auth: false })).statusCode).toBe(401)
    expect((await served.app.get('/api/v1/export/templates?a=b')).statusCode).toBe(400)
  })
})

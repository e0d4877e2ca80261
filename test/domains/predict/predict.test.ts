import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { models } from '../../../src/domains/models/index.ts'
import { predict } from '../../../src/domains/predict/index.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { createForecastEvents } from '../../../src/services/forecast/index.ts'
import { createFleet, type FleetMember } from '../../support/fleet.ts'
import { startForecasts } from '../../support/forecasts.ts'
import { NO_RULES } from '../../support/monitoring.ts'
import { createTestApp, fakeClock, type TestApp } from '../../support/test-app.ts'

const SEOUL = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
ipmi_up{instance="10.1.0.1",node="gpu-1",collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 3000
DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a0",gpu="0",Hostname="gpu-1",modelName="NVIDIA H100 80GB HBM3",namespace="ml",pod="train-0",container="main"} 600
kube_pod_info{namespace="ml",pod="train-0",node="gpu-1",uid="u1"} 1
kube_pod_status_phase{namespace="ml",pod="train-0",phase="Running"} 1
`
const BUSAN = `
kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1
ipmi_up{instance="10.1.0.1",node="gpu-1",collector="dcmi"} 1
ipmi_dcmi_power_consumption_watts{instance="10.1.0.1",node="gpu-1"} 1000
`
const DOWN: FleetMember = {
  fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }),
}

let close: (() => Promise<void>) | undefined
afterEach(async () => close?.())

async function serve(members: Record<string, FleetMember> = { seoul: SEOUL, busan: BUSAN }) {
  const clock = fakeClock()
  const { telemetry } = createFleet(members, clock.now)
  const fleet = createFleetReader({ telemetry, identity: NO_RULES })
  const started = await startForecasts(fleet, { now: clock.now })
  const { forecasts } = started
  const costForecasts = { cost: () => Promise.reject(new Error('costs are not asked for')) }
  const needs = { forecasts, costForecasts, forecastEvents: createForecastEvents() }
  const app = await createTestApp([predict(needs), models(needs)], { clock })
  close = async () => {
    await app.close()
    await started.close()
  }
  return { app, ...started }
}

const power = async (app: TestApp, body: object, auth?: false) => {
  const options = { body, ...(auth === false && { auth }) }
  const response = await app.send('POST', '/api/v1/predict/power', options)
  return { status: response.statusCode, ...response.json() }
}

describe('POST /predict/power', () => {
  it('forecasts a node, and says what it rests on', async () => {
    const { app } = await serve()
    const { status, data, meta } = await power(app, {
      node: 'gpu-1',
      cluster: 'seoul',
      prediction_horizon: '30m',
    })
    expect(status).toBe(200)
    expect(data.target).toMatchObject({ kind: 'node', cluster: 'seoul', node: 'gpu-1' })
    expect(data.predictions).toHaveLength(6)
    expect(data.predictions[0]).toMatchObject({
      timestamp: '2026-11-20T00:05:00.000Z',
      predicted_power: 3000,
    })
    expect(data).toMatchObject({
      total_predicted_power: 18_000,
      peak_power_watts: 3000,
      energy_joules: 3000 * 1800,
      model: 'persistence',
      members: [{ name: 'persistence', weight: 1 }],
      rung: 'under_2_days',
      model_version: 'fitted-now',
    })
    expect(meta).toMatchObject({ status: 'complete', clusters: [{ name: 'seoul', status: 'ok' }] })
  })

  it('forecasts a workload by its name, as the document of the predictor asks', async () => {
    const { app } = await serve()
    const { status, data } = await power(app, {
      workload_id: 'train-0',
      features: { cpu_utilization: [75.2, 78.1, 82.3], temperature: [65.2] },
      prediction_horizon: '1h',
    })
    expect(status).toBe(200)
    expect(data).toMatchObject({
      workload_id: 'train-0',
      target: { namespace: 'ml', pod: 'train-0' },
    })
    expect(data.predictions).toHaveLength(12)
  })

  it('forecasts the whole fleet', async () => {
    const { app } = await serve()
    const { data } = await power(app, { prediction_horizon: '5m' })
    expect(data.predictions[0].predicted_power).toBe(4000)
  })

  it('forecasts a series that comes along, with intervals and a backtest', async () => {
    const { app } = await serve()
    const watts = Array.from({ length: 720 }, (_, hour) =>
      hour === 600 ? null : 500 + 100 * Math.sin((2 * Math.PI * hour) / 24) + (hour % 5),
    )
    const { status, data, meta } = await power(app, {
      history: { power_watts: watts, step_seconds: 3600, end: '2026-11-19T23:00:00Z' },
      prediction_horizon: '24h',
    })
    expect(status).toBe(200)
    expect(data.target.kind).toBe('posted')
    expect(data.predictions[0].timestamp).toBe('2026-11-20T00:00:00.000Z')
    expect(data.members.map((member: any) => member.name)).toContain('seasonal_naive_day')
    const weights = data.members.reduce(
      (sum: number, member: any) => sum + Number(member.weight),
      0,
    )
    expect(weights).toBeCloseTo(1, 9)
    const [first] = data.predictions
    expect(first.lower_95).toBeLessThanOrEqual(first.lower_80)
    expect(first.upper_95).toBeGreaterThanOrEqual(first.upper_80)
    expect(data).toMatchObject({ calibrated: true, training: { points: 720, filled_points: 1 } })
    expect(data.backtest.skill_vs_persistence).toBeGreaterThan(0.2)
    expect(meta.clusters).toEqual([])
  })

  it('says what something draws that was never measured', async () => {
    const { app } = await serve()
    const { data } = await power(app, {
      rated_power_watts: 700,
      idle_power_watts: 100,
      features: { gpu_utilization: [50, 50] },
      prediction_horizon: '10m',
    })
    expect(data).toMatchObject({ model: 'prior', peak_power_watts: 400, calibrated: false })
    expect(data.predictions[0]).toMatchObject({ confidence: null, lower_80: 100, upper_80: 700 })
  })

  it.each([
    [{ prediction_horizon: '48h' }, '/body/prediction_horizon'],
    [{ prediction_horizon: 'soon' }, '/body/prediction_horizon'],
    [{ history: { power_watts: [], step_seconds: 60 } }, '/body/history/power_watts'],
    [{ history: { power_watts: [1], step_seconds: 1 } }, '/body/history/step_seconds'],
    [{ history: { power_watts: [-1], step_seconds: 60 } }, '/body/history/power_watts/0'],
    [{ nodes: ['gpu-1'] }, '/body/nodes'],
  ])('refuses %j and names the field', async (body, pointer) => {
    const { app } = await serve()
    const { status, errors } = await power(app, body)
    expect(status).toBe(400)
    expect(errors[0].pointer).toBe(pointer)
  })

  it('says that a series of nothing cannot be forecast', async () => {
    const { app } = await serve()
    const { status } = await power(app, { history: { power_watts: [null], step_seconds: 3600 } })
    expect(status).toBe(422)
  })

  it('asks for credentials', async () => {
    const { app } = await serve()
    expect((await power(app, {}, false)).status).toBe(401)
  })

  it('says that nobody knows a node, a workload or a cluster', async () => {
    const { app } = await serve()
    expect((await power(app, { node: 'gpu-9' })).status).toBe(404)
    expect((await power(app, { workload_id: 'nobody' })).status).toBe(404)
    expect((await power(app, { cluster: 'jeju' })).status).toBe(404)
  })

  it('says that a name stands for several nodes, and lists them', async () => {
    const { app } = await serve()
    const { status, candidates } = await power(app, { node: 'gpu-1' })
    expect(status).toBe(409)
    expect(candidates).toEqual(['busan/gpu-1', 'seoul/gpu-1'])
  })

  it('is partial while a cluster is silent, and says nothing is not there', async () => {
    const { app } = await serve({ seoul: SEOUL, busan: DOWN })
    const { status, meta } = await power(app, { prediction_horizon: '5m' })
    expect(status).toBe(200)
    expect(meta.status).toBe('partial')
    expect((await power(app, { node: 'gpu-9' })).status).toBe(502)
  })

  it('fails when no cluster answers', async () => {
    const { app } = await serve({ seoul: DOWN, busan: DOWN })
    expect((await power(app, {})).status).toBe(502)
  })
})

describe('POST /predict/batch', () => {
  it('answers each item for itself, and tells how far it is', async () => {
    const { app } = await serve()
    const history = { power_watts: [100, 110, 120], step_seconds: 300 }
    const ordered = await app.send('POST', '/api/v1/predict/batch', {
      body: {
        items: [
          { workload_id: 'a', history, prediction_horizon: '5m' },
          { node: 'gpu-9', cluster: 'seoul' },
        ],
      },
    })
    expect(ordered.statusCode).toBe(202)
    const { batch_id: id } = ordered.json().data
    expect(ordered.headers.location).toBe(`/api/v1/predict/batch/${id}`)
    let data: any
    for (let tries = 0; tries < 400 && data?.state !== 'done'; tries += 1) {
      await setTimeout(25)
      data = (await app.get(`/api/v1/predict/batch/${id}`)).json().data
    }
    expect(data).toMatchObject({ state: 'done', progress: 1, answered: 1, failed: 1 })
    expect(data.results[0]).toMatchObject({
      workload_id: 'a',
      state: 'answered',
      answer: { peak_power_watts: 120 },
    })
    expect(data.results[1]).toMatchObject({ state: 'failed', error: { kind: 'not_found' } })
    expect((await app.send('DELETE', `/api/v1/predict/batch/${id}`)).statusCode).toBe(422)
  })

  it('refuses a batch with a wrong item, and knows no other', async () => {
    const { app } = await serve()
    const wrong = await app.send('POST', '/api/v1/predict/batch', { body: { items: [] } })
    expect(wrong.statusCode).toBe(400)
    expect((await app.get('/api/v1/predict/batch/none')).statusCode).toBe(404)
    const open = await app.get('/api/v1/predict/batch/none', { auth: false })
    expect(open.statusCode).toBe(401)
  })
})

describe('the routes of models', () => {
  it('train, and show the version with its worth', async () => {
    const { app } = await serve()
    expect((await app.get('/api/v1/models')).json().data).toEqual([])
    const ordered = await app.send('POST', '/api/v1/models/retrain', { body: { cluster: 'seoul' } })
    expect(ordered.statusCode).toBe(202)
    const { job_id: id } = ordered.json().data
    let data: any
    for (let tries = 0; tries < 400 && data?.state !== 'done'; tries += 1) {
      await setTimeout(25)
      data = (await app.get(`/api/v1/models/retrain/${id}`)).json().data
    }
    expect(data).toMatchObject({ state: 'done', model_id: 'power.cluster.seoul', version: 1 })
    const { data: model } = (await app.get('/api/v1/models/power.cluster.seoul')).json()
    expect(model).toMatchObject({ versions: [{ version: 1 }], target: { cluster: 'seoul' } })
    const metrics = await app.get('/api/v1/models/power.cluster.seoul/metrics')
    expect(metrics.json().data.versions[0].metrics.scores).toHaveProperty('rmse_watts')
    const activated = await app.send('POST', '/api/v1/models/power.cluster.seoul/activate', {
      body: { version: 1 },
    })
    expect(activated.json().data.serving_version).toBe(1)
    const back = await app.send('POST', '/api/v1/models/power.cluster.seoul/rollback')
    expect(back.statusCode).toBe(422)
  })

  it('refuse what is not there, and those who may not ask', async () => {
    const { app } = await serve()
    expect((await app.get('/api/v1/models/none')).statusCode).toBe(404)
    expect((await app.get('/api/v1/models/none/metrics')).statusCode).toBe(404)
    expect((await app.get('/api/v1/models/retrain/none')).statusCode).toBe(404)
    expect((await app.get('/api/v1/models', { auth: false })).statusCode).toBe(401)
    const unknown = await app.send('POST', '/api/v1/models/retrain', { body: { node: 'gpu-9' } })
    expect(unknown.statusCode).toBe(404)
    const wrong = await app.send('POST', '/api/v1/models/none/activate', { body: { version: 0 } })
    expect(wrong.statusCode).toBe(400)
  })
})

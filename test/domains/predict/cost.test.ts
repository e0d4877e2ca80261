import { afterEach, describe, expect, it } from 'vitest'
import { predict } from '../../../src/domains/predict/index.ts'
import { priceBookList } from '../../../src/config-prices.ts'
import { KCloudError } from '../../../src/kernel/errors.ts'
import { createCostForecasts } from '../../../src/services/cost-forecast/index.ts'
import type { CostRates } from '../../../src/services/costs/index.ts'
import { createFleetReader } from '../../../src/services/fleet/index.ts'
import { costsOver } from '../../support/cost.ts'
import { createFleet, type FleetMember } from '../../support/fleet.ts'
import { startForecasts } from '../../support/forecasts.ts'
import { NO_RULES } from '../../support/monitoring.ts'
import { createTestApp, fakeClock } from '../../support/test-app.ts'

const DOWN: FleetMember = {
  fails: new KCloudError('backend_unreachable', { detail: 'connection refused' }),
}

/** Forty workloads with two or four GPUs of 400 W each, and forty without any power that is measured. */
function seoul(count = 80): string {
  const pods = Array.from({ length: count }, (_, index) => podText(index))
  return [
    'kube_node_info{node="gpu-1",internal_ip="10.0.0.1"} 1',
    'kube_node_status_capacity{node="gpu-1",resource="cpu",unit="core"} 1000',
    ...pods,
  ].join('\n')
}

function podText(index: number): string {
  const pod = `run-${index}`
  const of = `namespace="ml",pod="${pod}"`
  const container = `${of},container="main"`
  const gpus = index % 2 === 0 ? 0 : 1 + (index % 4)
  const cores = 2 + (index % 4) * 2
  const boards = Array.from(
    { length: gpus },
    (_, board) =>
      `DCGM_FI_DEV_POWER_USAGE{UUID="GPU-${index}-${board}",gpu="${index}${board}",Hostname="gpu-1",modelName="NVIDIA H100 80GB HBM3",${container}} ${400 + (index % 7)}`,
  )
  return [
    `kube_pod_info{${of},node="gpu-1",uid="u-${pod}"} 1`,
    `kube_pod_status_phase{${of},phase="Running"} 1`,
    `kube_pod_container_resource_requests{${container},node="gpu-1",resource="cpu",unit="core"} ${cores}`,
    `kube_pod_container_resource_requests{${container},node="gpu-1",resource="memory",unit="byte"} ${cores * 4 * 2 ** 30}`,
    ...(gpus > 0
      ? [
          `kube_pod_container_resource_requests{${container},node="gpu-1",resource="nvidia_com_gpu",unit="integer"} ${gpus}`,
        ]
      : []),
    ...boards,
  ].join('\n')
}

let close: (() => Promise<void>) | undefined
afterEach(async () => close?.())

async function serve(
  members: Readonly<Record<string, FleetMember>> = { seoul: seoul() },
  rates: Partial<CostRates> = {},
) {
  const clock = fakeClock()
  const clusters = createFleet(members, clock.now)
  const { telemetry, registry } = clusters
  const fleet = createFleetReader({ telemetry, identity: NO_RULES })
  const started = await startForecasts(fleet, { now: clock.now })
  const { forecasts } = started
  const costs = costsOver({ fleet, telemetry }, { rates })
  const costForecasts = createCostForecasts({ fleet, telemetry, costs, registry })
  const app = await createTestApp([predict({ forecasts, costForecasts })], { clock })
  close = async () => {
    await app.close()
    await started.close()
  }
  const ask = async (body: object, auth?: false) => {
    const options = { body, ...(auth === false && { auth }) }
    const reply = await app.send('POST', '/api/v1/predict/cost', options)
    return { status: reply.statusCode, ...reply.json() }
  }
  return Object.assign(ask, { clock, clusters })
}

const QUESTION = {
  resources: { cpu_cores: 8, memory_gb: 32, gpu_count: 4 },
  duration_hours: 8,
  spot_instance: true,
}

describe('POST /predict/cost', () => {
  it('says what a workload will cost, by those that ran, and how certain that is', async () => {
    const ask = await serve()
    const { status, data, meta } = await ask(QUESTION)
    expect(status).toBe(200)
    expect(data.predicted_power_watts).toBeGreaterThan(1550)
    expect(data.predicted_power_watts).toBeLessThan(1750)
    expect(data.energy_kwh).toBeCloseTo((data.predicted_power_watts * 8) / 1000, 9)
    // The published formula: electricity, 1.3 times as much for cooling, and carbon.
    expect(data.predicted_cost).toBeCloseTo(data.energy_kwh * (0.12 * 2.3 + 0.05), 6)
    const { compute, gpu } = data.cost_breakdown
    expect(Number(compute) + Number(gpu)).toBeCloseTo(data.predicted_cost, 9)
    expect(data).toMatchObject({
      currency: 'USD',
      cluster: 'seoul',
      cost_breakdown: { storage: null, network: null },
      model: { kind: 'gradient_boosting', workloads: 40 },
    })
    expect(data.confidence).toBeGreaterThan(0.8)
    expect(data.interval.lower_95).toBeLessThanOrEqual(data.interval.lower_80)
    expect(data.interval.upper_95).toBeGreaterThanOrEqual(data.interval.upper_80)
    expect(data.notes).toContainEqual(expect.stringMatching(/^a spot instance/))
    expect(meta.clusters).toEqual([{ name: 'seoul', status: 'ok' }])
  })

  it('is not certain beyond what it has seen, and says so', async () => {
    const ask = await serve()
    const { data } = await ask({ ...QUESTION, resources: { cpu_cores: 8, gpu_count: 64 } })
    expect(data.confidence).toBeNull()
    expect(data.interval.upper_95).toBeNull()
    expect(data.notes).toContainEqual(expect.stringMatching(/gpu_count: 4 at most/))
  })

  it('says that it does not know where too little ran', async () => {
    const ask = await serve({ seoul: seoul(6) })
    const { status, data } = await ask(QUESTION)
    expect(status).toBe(200)
    expect(data).toMatchObject({ predicted_cost: null, confidence: null, model: null })
    expect(data.notes).toContainEqual(expect.stringMatching(/^too few workloads ran/))
  })

  it.each([
    [{ duration_hours: 8 }, '/body/resources'],
    [{ ...QUESTION, duration_hours: 0 }, '/body/duration_hours'],
    [{ ...QUESTION, resources: { cpu_cores: -1 } }, '/body/resources/cpu_cores'],
    [{ ...QUESTION, resources: { cpu_cores: 1, gpu_count: 1.5 } }, '/body/resources/gpu_count'],
    [{ ...QUESTION, gpus: 4 }, '/body/gpus'],
  ])('refuses %j, and names the field', async (body, pointer) => {
    const ask = await serve()
    const { status, errors } = await ask(body)
    expect([status, errors[0].pointer]).toEqual([400, pointer])
  })

  it('wants credentials, and knows only its clusters', async () => {
    const ask = await serve()
    expect((await ask(QUESTION, false)).status).toBe(401)
    expect((await ask({ ...QUESTION, cluster: 'jeju' })).status).toBe(404)
  })

  it('is partial while a cluster is silent, and fails when all are', async () => {
    const ask = await serve({ seoul: seoul(), busan: DOWN })
    const { status, meta } = await ask(QUESTION)
    expect([status, meta.status]).toEqual([200, 'partial'])
    ask.clusters.set('busan', 'kube_node_info{node="b",internal_ip="10.0.0.2"} 1')
    ask.clock.advance(90)
    expect((await ask(QUESTION)).meta.status).toBe('complete')
    await close?.()
    const nobody = await serve({ seoul: DOWN })
    expect((await nobody(QUESTION)).status).toBe(502)
  })

  describe('with a price book', () => {
    const BOOK = {
      name: 'lease',
      currency: 'USD',
      time_zone: 'UTC',
      verified: true,
      electricity: 'extra',
      classes: [
        {
          name: 'gpu-8x',
          gpu_models: ['*H100*'],
          gpu_count: 8,
          prices: [
            {
              from: '2026-01-01',
              until: '2026-11-21',
              ...{ per_hour: '10', spot_per_hour: '4', gpu_share: '0.8', storage_share: '0.1' },
            },
            { from: '2026-11-21', per_hour: '20', gpu_share: '0.8', storage_share: '0.1' },
          ],
        },
      ],
    }
    const booked = async (changed: object, asked: object) => {
      const books = priceBookList.parse([{ ...BOOK, ...changed }])
      const ask = await serve({ seoul: seoul() }, { books })
      return (await ask({ ...QUESTION, spot_instance: false, ...asked })).data
    }

    it('adds what nodes cost, exactly, to the energy that is charged beside it', async () => {
      const energy = await booked({}, {})
      const data = await booked({}, { node_class: 'gpu-8x', node_count: 2 })
      expect(data).toMatchObject({ infrastructure_cost: 160, price_book: 'lease' })
      expect(data.predicted_cost).toBeCloseTo(Number(energy.predicted_cost) + 160, 9)
      expect(data.interval.upper_95).toBeCloseTo(Number(energy.interval.upper_95) + 160, 9)
      const { compute, gpu, storage, network } = data.cost_breakdown as Record<string, number>
      expect([storage, network]).toEqual([16, 0])
      expect(gpu).toBeCloseTo(Number(energy.cost_breakdown.gpu) + 128, 9)
      expect(compute! + gpu! + storage! + network!).toBeCloseTo(data.predicted_cost, 9)
      expect(data.confidence).toBe(energy.confidence)
      expect(energy).toMatchObject({ infrastructure_cost: null, price_book: null })
    })

    it('has spot prices, and is certain where the price holds the electricity', async () => {
      const data = await booked(
        { electricity: 'included' },
        { node_class: 'gpu-8x', spot_instance: true },
      )
      expect(data).toMatchObject({
        predicted_cost: 32,
        cost_breakdown: { gpu: 25.6, storage: 3.2, network: 0 },
        confidence: 1,
        interval: { lower_80: 32, upper_80: 32, lower_95: 32, upper_95: 32 },
      })
      expect(data.notes).toContainEqual(expect.stringMatching(/nothing of the cost is uncertain/))
    })

    it('follows a change of prices to the second, and prices GPUs alone', async () => {
      // It is midnight of the 20th.
      const data = await booked(
        { electricity: 'included' },
        { node_class: 'gpu-8x', duration_hours: 36 },
      )
      expect(data.predicted_cost).toBe(24 * 10 + 12 * 20)
      const gpus = await booked({}, { gpu_model: 'NVIDIA H100 80GB HBM3' })
      expect(gpus.infrastructure_cost).toBeCloseTo(4 * 8 * ((10 * 0.8) / 8), 9)
      expect(gpus.cost_breakdown.storage).toBe(0)
    })

    it.each([
      [{ node_class: 'gpu-9x' }, {}, 'the price book lease has no class gpu-9x'],
      [{ gpu_model: 'A100' }, {}, /has no price of A100/],
      [
        { node_class: 'gpu-8x', spot_instance: true, duration_hours: 36 },
        {},
        /has no spot price of gpu-8x for all of that time/,
      ],
      [
        { node_class: 'gpu-8x' },
        { clusters: ['busan'] },
        'no price book has prices of nodes in seoul',
      ],
    ])('says what the book does not: %j', async (asked, changed, note) => {
      const data = await booked(changed, asked)
      expect(data).toMatchObject({ predicted_cost: null, infrastructure_cost: null })
      expect(data.predicted_power_watts).toBeGreaterThan(0)
      expect(data.notes).toContainEqual(
        typeof note === 'string' ? note : expect.stringMatching(note),
      )
    })
  })
})

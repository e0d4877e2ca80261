import { describe, expect, it } from 'vitest'
import type { PrometheusClient } from '../../src/services/prometheus/client.ts'
import type { Vector } from '../../src/promql/expression.ts'
import type { Kind } from '../../src/kernel/kind.ts'
import {
  averaged,
  counted,
  counter,
  equals,
  gauge,
  increase,
  max,
  over,
  sampledAt,
  sum,
} from '../../src/promql/expression.ts'
import { createSimulatedClient } from '../../src/simulator/client.ts'
import type { Fault } from '../../src/simulator/faults.ts'
import { podAt } from '../../src/simulator/pods.ts'
import { boardJoules, boardWatts } from '../../src/simulator/truth.ts'
import { clusterOf, createWorld } from '../../src/simulator/world.ts'

const NOON = Date.UTC(2026, 10, 20, 3) / 1000
const timeOf = (seconds: number) => new Date(seconds * 1000)
const STATIC = { shelf: 'static' } as const

function clientOf(cluster: string, faults: readonly Fault[] = [], now = NOON): PrometheusClient {
  const world = createWorld({ seed: 1, faults })
  return createSimulatedClient(world, cluster, { now: () => timeOf(now) })
}

async function instant(client: PrometheusClient, query: Vector<Kind>, at = NOON) {
  const { rows } = await client.instant(query, timeOf(at), STATIC)
  return rows
}

const POWER = 'DCGM_FI_DEV_POWER_USAGE'
const ENERGY = 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION'
const onNode = (node: string) => [equals('Hostname', node)]

describe('a simulated client', () => {
  const world = createWorld({ seed: 1 })
  const worker = clusterOf(world, 'seoul').nodes[2]!

  it('answers with the truth at the last scrape, rounded as the exporter prints it', async () => {
    const client = clientOf('seoul')
    const power = await instant(client, gauge(POWER, onNode('gpu-worker-3')))
    const times = await instant(client, sampledAt(gauge(POWER, onNode('gpu-worker-3'))))
    const scrapedAt = times[0]!.value
    expect(scrapedAt).toBeGreaterThan(NOON - 30)
    expect(scrapedAt).toBeLessThanOrEqual(NOON)
    expect(power.map(({ value }) => value)).toEqual(
      worker.devices.map((device) => Number(boardWatts(device, scrapedAt).toFixed(6))),
    )
  })

  it('counts the energy that the power adds up to', async () => {
    const hour = { from: NOON - 3600, until: NOON }
    const rows = await instant(
      clientOf('seoul'),
      increase(over(counter(ENERGY, onNode('gpu-worker-3')), 3600)),
    )
    const joules = worker.devices.map((device) => boardJoules(device, hour))
    for (const { labels, value } of rows) {
      const truth = joules[Number(labels['gpu'])]!
      // Pods come and go on some cards: their rows cover a part of the hour.
      if (rows.filter((row) => row.labels['gpu'] === labels['gpu']).length > 1) continue
      expect(Math.abs(value / 1000 - truth) / truth).toBeLessThan(0.02)
    }
  })

  it('has no sample that is later than now', async () => {
    const client = clientOf('seoul')
    const query = counted(over(gauge(POWER, onNode('gpu-worker-1')), 600))
    const [whole] = await instant(client, query)
    const [half] = await instant(client, query, NOON + 300)
    expect([whole?.value, half?.value]).toEqual([20, 10])
    expect(await instant(client, gauge(POWER), NOON + 400)).toEqual([])
  })

  it('is the same for every order of questions', async () => {
    const [one, other] = [clientOf('busan'), clientOf('busan')]
    const queries = [
      gauge(POWER),
      sum(gauge(POWER), ['hostname']),
      averaged(over(gauge(POWER), 3600)),
    ]
    const forwards = []
    for (const query of queries) forwards.push(await instant(one, query))
    const backwards = []
    for (const query of queries.toReversed()) backwards.push(await instant(other, query))
    expect(backwards.toReversed()).toEqual(forwards)
  })

  it('ends the series of a pod with the pod, as staleness markers do', async () => {
    const lane = worker.devices[0]!.seats[0]!.lane!
    const { until, name } = podAt(lane, NOON)!
    const client = clientOf('seoul', [], until + 86_400)
    const rows = (at: number) =>
      instant(client, gauge(POWER, [...onNode('gpu-worker-3'), equals('gpu', '0')]), at)
    const before = await rows(until - 1)
    expect(before.map(({ labels }) => labels['pod'])).toEqual([name])
    const after = await rows(until + 60)
    expect(after).toHaveLength(1)
    expect(after[0]?.labels).not.toHaveProperty('pod')
    const range = { start: timeOf(until - 60), end: timeOf(until + 60), stepSeconds: 60 }
    const query = gauge(POWER, [...onNode('gpu-worker-3'), equals('gpu', '0')])
    const series = (await client.range(query, range, STATIC)).rows
    const points = series.map(({ labels, seconds }) => [labels['pod'], [...seconds]])
    expect(points).toEqual([
      [name, [until - 60, until]],
      [undefined, [until + 60]],
    ])
  })

  it('answers a range as the instants that it is made of', async () => {
    const client = clientOf('seoul')
    const range = { start: timeOf(NOON - 600), end: timeOf(NOON), stepSeconds: 120 }
    for (const query of [sum(gauge(POWER)), sum(averaged(over(gauge(POWER), 300)))]) {
      const [series] = (await client.range(query, range, STATIC)).rows
      const each = []
      for (let at = NOON - 600; at <= NOON; at += 120)
        each.push((await instant(client, query, at))[0])
      expect([...series!.seconds]).toEqual(each.map((sample) => sample?.seconds))
      expect([...series!.values]).toEqual(each.map((sample) => sample?.value))
    }
  })

  it('says how long its answer would be, and when it was evaluated', async () => {
    const { bytes, evaluatedAt, warnings } = await clientOf('seoul').instant(
      gauge(POWER),
      timeOf(NOON),
      STATIC,
    )
    expect(bytes).toBeGreaterThan(48 * 200)
    expect(evaluatedAt).toEqual(timeOf(NOON))
    expect(warnings).toEqual([])
  })

  it('gives up with the reason of a signal that has ended', async () => {
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    const asked = clientOf('seoul').instant(gauge(POWER), timeOf(NOON), { ...STATIC, signal })
    await expect(asked).rejects.toBe(reason)
  })
})

describe('the labels that a cluster stores', () => {
  it('are those of the exporter where nothing else claims them', async () => {
    const [row] = await instant(clientOf('seoul'), gauge(POWER, onNode('gpu-worker-1')))
    expect(row?.labels).toMatchObject({ job: 'nvidia-dcgm-exporter', container: 'pytorch' })
    expect(row?.labels).not.toHaveProperty('exported_pod')
  })

  it('are the exporter pod’s own on an idle card, with honor_labels', async () => {
    const rows = await instant(
      clientOf('busan'),
      gauge(POWER, [equals('hostname', 'gpu-worker-3')]),
    )
    const idle = rows.find(({ labels }) => labels['gpu'] === '7')
    expect(idle?.labels['pod']).toMatch(/^nvidia-dcgm-exporter-/)
    const held = rows.find(({ labels }) => labels['gpu'] === '0')
    expect(held?.labels['pod']).not.toMatch(/^nvidia-dcgm-exporter-/)
  })

  it('call the workload’s `exported_*` without honor_labels', async () => {
    const rows = await instant(clientOf('daejeon'), gauge(POWER, onNode('gpu-worker-2')))
    for (const { labels } of rows) {
      expect(labels['pod']).toMatch(/^nvidia-dcgm-exporter-/)
      expect(labels['exported_container']).toBe('pytorch')
    }
  })

  it('do not show empty labels', async () => {
    const rows = await instant(clientOf('seoul'), gauge('RBLN_DEVICE_STATUS:CARD_POWER'))
    expect(rows.flatMap(({ labels }) => Object.values(labels))).not.toContain('')
  })
})

describe('a fault', () => {
  const place = { cluster: 'seoul', node: 'gpu-worker-1' } as const
  const during = { from: NOON - 100, until: NOON + 1000 }
  const power = gauge(POWER, onNode('gpu-worker-1'))
  const later = NOON + 2000

  it('exporter_down: ends the series at once and leaves a gap behind', async () => {
    const fault: Fault = { kind: 'exporter_down', target: { ...place, source: 'dcgm' }, ...during }
    const client = clientOf('seoul', [fault], later)
    expect(await instant(client, power)).toEqual([])
    expect(await instant(client, gauge(POWER, onNode('gpu-worker-2')))).toHaveLength(8)
    const [before] = await instant(client, counted(over(power, 1200)), NOON + 1100)
    expect(before?.value).toBe(Math.round((1200 - 1100) / 30))
    const up = await instant(client, gauge('up', [equals('instance', '10.0.0.1:9400')]))
    expect(up.map(({ value }) => value)).toEqual([0])
  })

  it('exporter_stale: keeps the last sample for five minutes, with its age', async () => {
    const fault: Fault = { kind: 'exporter_stale', target: { ...place, source: 'dcgm' }, ...during }
    const client = clientOf('seoul', [fault], later)
    const times = await instant(client, sampledAt(power))
    expect(times).toHaveLength(8)
    for (const { value } of times) expect(NOON - value).toBeGreaterThan(100)
    expect(await instant(client, power, NOON + 300)).toEqual([])
  })

  it('exporter_frozen: repeats old values as new ones', async () => {
    const fault: Fault = {
      kind: 'exporter_frozen',
      target: { ...place, source: 'dcgm' },
      ...during,
    }
    const client = clientOf('seoul', [fault], later)
    const [first, second] = [await instant(client, power), await instant(client, power, NOON + 600)]
    expect(second.map(({ value }) => value)).toEqual(first.map(({ value }) => value))
    const times = await instant(client, sampledAt(power), NOON + 600)
    for (const { value } of times) expect(NOON + 600 - value).toBeLessThan(31)
  })

  it('device_lost: XID 79 for a minute, then no series at all', async () => {
    const fault: Fault = { kind: 'device_lost', target: { ...place, device: 3 }, ...during }
    const client = clientOf('seoul', [fault], later)
    const xid = (at: number) => {
      const query = gauge('DCGM_FI_DEV_XID_ERRORS', [...onNode('gpu-worker-1'), equals('gpu', '3')])
      return instant(client, query, at)
    }
    expect((await xid(NOON - 130)).map(({ value }) => value)).toEqual([0])
    const fallen = await xid(NOON - 50)
    expect(fallen.map(({ value, labels }) => [value, labels['err_code']])).toEqual([[79, '79']])
    expect(await xid(NOON)).toEqual([])
    expect(await instant(client, power)).toHaveLength(7)
    const resources = gauge('kube_node_status_allocatable', [
      equals('node', 'gpu-worker-1'),
      equals('resource', 'nvidia_com_gpu'),
    ])
    expect((await instant(client, resources)).map(({ value }) => value)).toEqual([7])
  })

  it('node_down: its exporters are gone, Kubernetes does not know, its BMC says off', async () => {
    const fault: Fault = { kind: 'node_down', target: place, ...during }
    const client = clientOf('seoul', [fault], later)
    expect(await instant(client, power)).toEqual([])
    const ready = gauge('kube_node_status_condition', [
      equals('node', 'gpu-worker-1'),
      equals('condition', 'Ready'),
      equals('status', 'unknown'),
    ])
    expect((await instant(client, ready)).map(({ value }) => value)).toEqual([1])
    const chassis = gauge('ipmi_chassis_power_state', [equals('node', 'gpu-worker-1')])
    expect((await instant(client, chassis)).map(({ value }) => value)).toEqual([0])
  })

  it('sentinel, nan and unit_slip: spoil one metric and nothing else', async () => {
    const target = { ...place, device: 2, metric: POWER }
    const spoilt = async (fault: Fault) => {
      const rows = await instant(clientOf('seoul', [fault], later), power)
      return rows.find(({ labels }) => labels['gpu'] === '2')!.value
    }
    const clean = await instant(clientOf('seoul'), power)
    const watts = clean.find(({ labels }) => labels['gpu'] === '2')!.value
    expect(await spoilt({ kind: 'sentinel', target, ...during })).toBe(9223372036854775794)
    expect(await spoilt({ kind: 'nan', target, ...during })).toBeNaN()
    expect(await spoilt({ kind: 'unit_slip', target, factor: 1000, ...during })).toBeCloseTo(
      1000 * watts,
      2,
    )
    expect(await spoilt({ kind: 'nan', target: { ...target, device: 3 }, ...during })).toBe(watts)
  })

  it('counter_reset: the counter begins again at zero', async () => {
    const fault: Fault = { kind: 'counter_reset', target: { ...place, device: 2 }, ...during }
    const energy = max(counter(ENERGY, [...onNode('gpu-worker-1'), equals('gpu', '2')]))
    const client = clientOf('seoul', [fault], later)
    const [before] = await instant(client, energy, NOON - 131)
    const [after] = await instant(client, energy)
    expect(before!.value).toBeGreaterThan(1e9)
    expect(after!.value).toBeLessThan(100 * 700 * 1000)
  })

  it('bmc_silent: the exporter answers, the BMC does not', async () => {
    const fault: Fault = { kind: 'bmc_silent', target: place, ...during }
    const client = clientOf('seoul', [fault], later)
    const here = [equals('node', 'gpu-worker-1')]
    expect((await instant(client, max(gauge('ipmi_up', here)))).map(({ value }) => value)).toEqual([
      0,
    ])
    expect(await instant(client, gauge('ipmi_dcmi_power_consumption_watts', here))).toEqual([])
  })

  it('cluster_silent: rejects, by the clock of the one who asks', async () => {
    const silent = (as: 'backend_unreachable' | 'backend_timeout'): Fault => ({
      kind: 'cluster_silent',
      target: { cluster: 'busan' },
      as,
      ...during,
    })
    for (const as of ['backend_unreachable', 'backend_timeout'] as const) {
      const asked = clientOf('busan', [silent(as)]).instant(gauge(POWER), timeOf(NOON), STATIC)
      await expect(asked).rejects.toMatchObject({ kind: as })
    }
    expect(await instant(clientOf('seoul', [silent('backend_timeout')]), power)).toHaveLength(8)
    const afterwards = clientOf('busan', [silent('backend_timeout')], later)
    expect((await instant(afterwards, gauge(POWER))).length).toBeGreaterThan(0)
  })

  it('backend_warning: comes with the answer', async () => {
    const text = 'remote read is incomplete'
    const fault: Fault = { kind: 'backend_warning', target: { cluster: 'busan' }, text, ...during }
    const reply = await clientOf('busan', [fault]).instant(gauge(POWER), timeOf(NOON), STATIC)
    expect(reply.warnings).toEqual([text])
    expect(reply.rows.length).toBeGreaterThan(0)
  })
})

import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Device } from '../../src/simulator/datacentre.ts'
import { exposition } from '../../src/simulator/exposition.ts'
import type { SourceName } from '../../src/simulator/faults.ts'
import { nodeWatts } from '../../src/simulator/node-truth.ts'
import { scrapeTargets } from '../../src/simulator/targets.ts'
import { boardWatts, countedJoules, deviceBusy, deviceMemoryMb } from '../../src/simulator/truth.ts'
import { clusterOf, createWorld } from '../../src/simulator/world.ts'
import { requireReal } from '../support/real-prometheus.ts'
import { linesOf, readExposition } from './exposition-text.ts'

const PROMTOOL = 'promtool'
const NOON = Date.UTC(2026, 10, 20, 3) / 1000
const world = createWorld({ seed: 1 })
const targets = world.clusters.flatMap(({ name }) => scrapeTargets(world, name))

function textOf(cluster: string, node: string | undefined, source: SourceName): string {
  return exposition(world, { cluster, ...(node !== undefined && { node }), source }, NOON)
}

function devicesOf(cluster: string, node: string): readonly Device[] {
  return clusterOf(world, cluster).nodes.find(({ name }) => name === node)!.devices
}

describe('every exposition', () => {
  const texts = () =>
    targets.map(({ cluster, node, source }) => textOf(cluster.name, node?.name, source))

  it('is the same whenever, and in whichever order, it is asked for', () => {
    const first = texts()
    const second = targets
      .toReversed()
      .map(({ cluster, node, source }) => textOf(cluster.name, node?.name, source))
      .toReversed()
    expect(second).toEqual(first)
    const again = createWorld({ seed: 1 })
    const { cluster, node, source } = targets[0]!
    const name = { cluster: cluster.name, node: node!.name, source }
    expect(exposition(again, name, NOON)).toBe(first[0])
  })

  it('has every series once, and announces a metric before its samples', () => {
    for (const text of texts()) {
      const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
      const names = series.map((line) => line.slice(0, line.lastIndexOf(' ')))
      expect(new Set(names).size).toBe(names.length)
      const announced = new Set<string>()
      for (const line of text.split('\n').filter((each) => each !== '')) {
        const [, type] = /^# TYPE (\S+)/.exec(line) ?? []
        if (type !== undefined) announced.add(type)
        else if (!line.startsWith('#')) expect(announced).toContain(/^[\w:]+/.exec(line)?.[0])
      }
    }
  })

  it.skipIf(!requireReal(PROMTOOL, 'prometheus'))('is what promtool can read', () => {
    for (const text of texts()) {
      const { status, stderr } = spawnSync(PROMTOOL, ['check', 'metrics'], { input: text })
      // 3 says that names are not of its taste, as those of the real exporters are not either.
      expect([0, 3], stderr.toString()).toContain(status)
    }
  })

  it('refuses an exporter that is not there', () => {
    expect(() => textOf('busan', 'cpu-worker-1', 'dcgm')).toThrow(
      expect.objectContaining({ kind: 'not_found' }),
    )
  })
})

describe('dcgm-exporter', () => {
  it('prints labels in the order of its template', () => {
    const [line] = textOf('seoul', 'gpu-worker-1', 'dcgm')
      .split('\n')
      .filter((each) => each.startsWith('DCGM_FI_DEV_XID_ERRORS{'))
    expect(line).toMatch(
      /^DCGM_FI_DEV_XID_ERRORS\{gpu="0",UUID="GPU-[-0-9a-f]{36}",pci_bus_id="00000000:18:00.0",device="nvidia0",modelName="NVIDIA H100 80GB HBM3",Hostname="gpu-worker-1",DCGM_FI_DRIVER_VERSION="570.86.15",container="pytorch",err_code="0",err_msg="No Error",namespace="ai-[a-z]+",pod="[-a-z0-9]+-worker-0"\} 0$/,
    )
  })

  it('names the node in `Hostname`, and in `hostname` in its newest era', () => {
    const [older] = linesOf(textOf('seoul', 'gpu-worker-1', 'dcgm'), 'DCGM_FI_DEV_POWER_USAGE')
    const [newer] = linesOf(textOf('busan', 'gpu-worker-1', 'dcgm'), 'DCGM_FI_DEV_POWER_USAGE')
    expect([older?.labels['Hostname'], older?.labels['hostname']]).toEqual([
      'gpu-worker-1',
      undefined,
    ])
    expect([newer?.labels['Hostname'], newer?.labels['hostname']]).toEqual([
      undefined,
      'gpu-worker-1',
    ])
  })

  it('prints watts with six decimals, energy in whole millijoules and memory in whole mebibytes', () => {
    const text = textOf('seoul', 'gpu-worker-3', 'dcgm')
    const devices = devicesOf('seoul', 'gpu-worker-3')
    const values = (metric: string) => linesOf(text, metric).map(({ value }) => value)
    expect(values('DCGM_FI_DEV_POWER_USAGE')).toEqual(
      devices.map((device) => boardWatts(device, NOON).toFixed(6)),
    )
    expect(values('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION')).toEqual(
      devices.map((device) => String(Math.round(1000 * countedJoules(device, NOON)))),
    )
    expect(values('DCGM_FI_DEV_FB_USED')).toEqual(
      devices.map((device) => String(deviceMemoryMb(device, NOON))),
    )
    expect(values('DCGM_FI_DEV_GPU_UTIL')).toEqual(
      devices.map((device) => String(Math.round(100 * deviceBusy(device, NOON)))),
    )
  })

  it('prints memory that adds up to the card', () => {
    const text = textOf('seoul', 'gpu-worker-3', 'dcgm')
    const sums = ['FREE', 'USED', 'RESERVED']
      .map((part) => linesOf(text, `DCGM_FI_DEV_FB_${part}`).map(({ value }) => Number(value)))
      .reduce((a, b) => a.map((value, index) => value + b[index]!))
    expect(sums).toEqual(devicesOf('seoul', 'gpu-worker-3').map(({ model }) => model.memoryMb))
  })

  it('leaves pod labels out of an idle card', () => {
    const lines = linesOf(textOf('seoul', 'gpu-worker-3', 'dcgm'), 'DCGM_FI_DEV_POWER_USAGE')
    expect(lines.at(-1)?.labels).not.toHaveProperty('pod')
    expect(lines).toHaveLength(8)
  })
})

describe('dcgm-exporter on a card in MIG mode', () => {
  const text = textOf('busan', 'gpu-worker-1', 'dcgm')
  const [card] = devicesOf('busan', 'gpu-worker-1')
  const rows = (metric: string) =>
    linesOf(text, metric).filter(({ labels }) => labels['UUID'] === card?.uuid)

  it('repeats the watts of the card on every instance, and has no row of the card', () => {
    const watts = boardWatts(card!, NOON).toFixed(6)
    expect(rows('DCGM_FI_DEV_POWER_USAGE').map(({ value }) => value)).toEqual([
      watts,
      watts,
      watts,
      watts,
    ])
    expect(rows('DCGM_FI_DEV_POWER_USAGE').map(({ labels }) => labels['GPU_I_PROFILE'])).toEqual([
      '3g.20gb',
      '2g.10gb',
      '1g.5gb',
      '1g.5gb',
    ])
  })

  it('has memory and activity of each instance, and no utilisation', () => {
    const used = rows('DCGM_FI_DEV_FB_USED').map(({ value }) => Number(value))
    expect(used.reduce((a, b) => a + b)).toBe(deviceMemoryMb(card!, NOON))
    expect(rows('DCGM_FI_DEV_GPU_UTIL')).toEqual([])
    const active = rows('DCGM_FI_PROF_GR_ENGINE_ACTIVE').map(({ value }) => Number(value))
    const weighted = active.reduce(
      (sum, value, index) => sum + value * card!.seats[index]!.share,
      0,
    )
    expect(weighted).toBeCloseTo(deviceBusy(card!, NOON), 5)
    expect(Math.max(...active)).toBeLessThanOrEqual(1)
  })
})

describe('dcgm-exporter on a card that is shared in time', () => {
  const text = textOf('busan', 'gpu-worker-3', 'dcgm')
  const [card] = devicesOf('busan', 'gpu-worker-3')
  const rows = (metric: string) =>
    linesOf(text, metric).filter(({ labels }) => labels['UUID'] === card?.uuid)

  it('has one row of the whole card for each pod', () => {
    const power = rows('DCGM_FI_DEV_POWER_USAGE')
    expect(power.length).toBeGreaterThan(1)
    expect(new Set(power.map(({ value }) => value)).size).toBe(1)
    expect(new Set(power.map(({ labels }) => labels['pod'])).size).toBe(power.length)
    expect(power.every(({ labels }) => labels['vgpu'] !== undefined)).toBe(true)
  })

  it('has utilisation and memory of the card, and of each pod beside it', () => {
    for (const metric of ['DCGM_FI_DEV_GPU_UTIL', 'DCGM_FI_DEV_FB_USED']) {
      const own = rows(metric).filter(({ labels }) => labels['pod'] === undefined)
      const pods = rows(metric).filter(({ labels }) => labels['pod'] !== undefined)
      expect(own).toHaveLength(1)
      expect(pods).toHaveLength(rows('DCGM_FI_DEV_POWER_USAGE').length)
      const sum = pods.reduce((total, { value }) => total + Number(value), 0)
      expect(sum).toBeLessThanOrEqual(Number(own[0]?.value) + pods.length)
    }
  })
})

describe('kube-state-metrics', () => {
  const text = textOf('busan', undefined, 'kube_state_metrics')

  it('has the capacity of every extended resource', () => {
    const capacity = linesOf(text, 'kube_node_status_capacity')
      .filter(({ labels }) => labels['unit'] === 'integer' && labels['resource'] !== 'pods')
      .map(({ labels, value }) => `${labels['node']} ${labels['resource']} ${value}`)
    expect(capacity).toEqual([
      'gpu-worker-1 nvidia_com_mig_3g_20gb 1',
      'gpu-worker-1 nvidia_com_mig_2g_10gb 1',
      'gpu-worker-1 nvidia_com_mig_1g_5gb 9',
      'gpu-worker-1 nvidia_com_gpu 6',
      'gpu-worker-2 nvidia_com_mig_3g_20gb 1',
      'gpu-worker-2 nvidia_com_mig_2g_10gb 1',
      'gpu-worker-2 nvidia_com_mig_1g_5gb 9',
      'gpu-worker-2 nvidia_com_gpu 6',
      'gpu-worker-3 nvidia_com_gpu_shared 32',
      'npu-worker-1 rebellions_ai_ATOM 8',
    ])
  })

  it('has five phases a pod, one of them true, and no request beyond what there is', () => {
    const phases = linesOf(text, 'kube_pod_status_phase')
    const pods = linesOf(text, 'kube_pod_info')
    expect(phases).toHaveLength(5 * pods.length)
    expect(phases.filter(({ value }) => value === '1')).toHaveLength(pods.length)
    for (const { name, machine } of clusterOf(world, 'busan').nodes) {
      const asked = linesOf(text, 'kube_pod_container_resource_requests')
        .filter(({ labels }) => labels['node'] === name && labels['resource'] === 'cpu')
        .reduce((sum, { value }) => sum + Number(value), 0)
      expect(asked).toBeLessThan(machine.cores)
    }
  })

  it('lists a finished job for ten minutes, and what it asked for with it', () => {
    const later = exposition(world, { cluster: 'busan', source: 'kube_state_metrics' }, NOON + 1)
    const ended = linesOf(later, 'kube_pod_status_phase').filter(
      ({ labels, value }) => labels['phase'] === 'Succeeded' && value === '1',
    )
    for (const { labels } of ended)
      expect(
        linesOf(later, 'kube_pod_container_resource_requests').some(
          (line) => line.labels['uid'] === labels['uid'],
        ),
      ).toBe(true)
  })
})

describe('ipmi_exporter', () => {
  const text = textOf('seoul', 'gpu-worker-1', 'ipmi')
  const node = clusterOf(world, 'seoul').nodes[0]!
  const power = (name: string) =>
    Number(linesOf(text, 'ipmi_power_watts').find(({ labels }) => labels['name'] === name)?.value)

  it('gives total, power supplies and parts under one name, and the total by DCMI', () => {
    const watts = nodeWatts(node, NOON)
    expect(power('Pwr Consumption')).toBe(Math.round(watts.total))
    expect(power('PS1 Input Power') + power('PS2 Input Power')).toBeCloseTo(watts.total, -0.5)
    expect(power('GPU Power')).toBe(Math.round(watts.accelerators))
    expect(linesOf(text, 'ipmi_dcmi_power_consumption_watts')).toEqual([
      {
        metric: 'ipmi_dcmi_power_consumption_watts',
        labels: {},
        value: String(Math.round(watts.total)),
      },
    ])
  })

  it('says NaN for a discrete sensor', () => {
    const values = linesOf(text, 'ipmi_sensor_value').map(({ value }) => value)
    expect(values).toEqual(['NaN', 'NaN', 'NaN'])
  })
})

describe('the NPU exporters', () => {
  it('show a divided Furiosa card whole, and again for each pod on a part of it', () => {
    const text = textOf('seoul', 'npu-worker-2', 'furiosa')
    const card = devicesOf('seoul', 'npu-worker-2')[1]!
    const power = linesOf(text, 'furiosa_npu_hw_power').filter(
      ({ labels }) => labels['uuid'] === card.uuid,
    )
    expect(power[0]?.labels).toMatchObject({ core: '0-7', label: 'rms', hostname: 'npu-worker-2' })
    expect(power[0]?.labels).not.toHaveProperty('pod')
    expect(power.slice(1).map(({ labels }) => labels['core'])).toContain('0-3')
    expect(new Set(power.map(({ value }) => value)).size).toBe(1)
    const cores = linesOf(text, 'furiosa_npu_core_utilization')
    expect(cores.filter(({ labels }) => labels['uuid'] === card.uuid)).toHaveLength(8)
  })

  it('give memory only where the exporter is new enough', () => {
    const dram = (cluster: string, node: string) =>
      linesOf(textOf(cluster, node, 'furiosa'), 'furiosa_npu_dram_total').map(({ value }) => value)
    expect(dram('seoul', 'npu-worker-1')).toEqual([])
    expect(new Set(dram('daejeon', 'npu-worker-1'))).toEqual(new Set(['5.1539607552e+10']))
  })

  it('print empty pod labels for an idle Rebellions card, and 0 for a healthy one', () => {
    const text = textOf('busan', 'npu-worker-1', 'rebellions')
    const health = linesOf(text, 'RBLN_DEVICE_STATUS:HEALTH')
    expect(health.map(({ value }) => value)).toEqual(Array(8).fill('0'))
    expect(health.at(-1)?.labels).toMatchObject({ name: 'rbln7', pod: '', namespace: '' })
  })
})

describe('kepler', () => {
  it('splits a node into active and idle, and the active part among its pods', () => {
    const text = textOf('seoul', 'cpu-worker-1', 'kepler')
    const zone = (metric: string) =>
      linesOf(text, metric)
        .filter(({ labels }) => labels['zone'] === 'package')
        .reduce((sum, { value }) => sum + Number(value), 0)
    const node = clusterOf(world, 'seoul').nodes.find(({ name }) => name === 'cpu-worker-1')!
    expect(zone('kepler_node_cpu_watts')).toBeCloseTo(nodeWatts(node, NOON).cpu, 5)
    expect(zone('kepler_node_cpu_active_watts') + zone('kepler_node_cpu_idle_watts')).toBeCloseTo(
      zone('kepler_node_cpu_watts'),
      5,
    )
    expect(zone('kepler_pod_cpu_watts')).toBeCloseTo(zone('kepler_node_cpu_active_watts'), 4)
  })
})

describe('a reader of these texts', () => {
  it('reads every sample', () => {
    expect(readExposition('a{b="c\\"d",e="f"} 1\nx 2 1700\n')).toEqual([
      { metric: 'a', labels: { b: 'c\\"d', e: 'f' }, value: '1' },
      { metric: 'x', labels: {}, value: '2' },
    ])
  })
})

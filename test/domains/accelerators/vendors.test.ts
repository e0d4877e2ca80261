import { afterEach, describe, expect, it } from 'vitest'
import { exposition, haveFixtures } from '../../support/fixtures.ts'
import { serveAccelerators, type Served } from './serve.ts'

let served: Served | undefined
afterEach(async () => served?.app.close())

async function npusOf(text: string) {
  served = await serveAccelerators({ lab: text })
  return served.get('/npus')
}

describe('Furiosa', () => {
  const WHOLE =
    'arch="rngd",core="0-7",device="npu0",driver_version="2025.1.0+f09a8d8",firmware_version="2025.1.0+696efad",hostname="cntk002",pci_bus_id="0000:c7:00.0",pert_version="2025.1.0+1694e18",uuid="09512C86-0702-4303-8F40-474746474A40"'
  const HALF = (cores: string, pod: string) =>
    `${WHOLE.replace('0-7', cores)},namespace="default",pod="${pod}",container="furiosa"`

  it('shows a divided card once with its own watts, and its halves without any', async () => {
    const { data } = await npusOf(`
      furiosa_npu_hw_power{${WHOLE},label="rms"} 50
      furiosa_npu_hw_power{${HALF('0-3', 'a')},label="rms"} 50
      furiosa_npu_hw_power{${HALF('4-7', 'b')},label="rms"} 50`)
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({ power_watts: 50, cores_total: 8, device_index: 0 })
    expect(
      data[0].partitions.map((part: any) => [part.partition_id, part.allocated_to[0].pod]),
    ).toEqual([
      ['0-3', 'a'],
      ['4-7', 'b'],
    ])
    expect(data[0].partitions[0]).not.toHaveProperty('power_watts')
    expect(data[0].allocated_to).toHaveLength(2)
    const summary = await served?.get('/npus/summary')
    expect(summary?.data.power_watts).toBe(50)
  })

  it('does not take a card that one pod holds whole for a divided one', async () => {
    const { data } = await npusOf(`furiosa_npu_hw_power{${HALF('0-7', 'a')},label="rms"} 50`)
    expect(data[0]).toMatchObject({ partitions: [], allocated_to: [{ pod: 'a' }] })
  })

  it('reads the exporter of 0.0.12, which says node and sensor otherwise', async () => {
    const { data } = await npusOf(`
      furiosa_npu_alive{arch="warboy",core="0-1",device="npu3",kubernetes_node_name="old-1",uuid="W-3"} 1
      furiosa_npu_hw_power{arch="warboy",core="0-1",device="npu3",kubernetes_node_name="old-1",uuid="W-3",label="rms"} 18.5`)
    expect(data[0]).toMatchObject({
      node: 'old-1',
      device_index: 3,
      power_watts: 18.5,
      cores_total: 2,
    })
  })
})

describe('Rebellions', () => {
  const card = (uuid: string) => `card="RBLN-CA25",name="rbln0",uuid="${uuid}",hostname="npu-2"`

  it('tells GiB from bytes, microwatts from watts and millidegrees from degrees', async () => {
    const { data } = await npusOf(`
      RBLN_DEVICE_STATUS:CARD_POWER{${card('gib')}} 58.3
      RBLN_DEVICE_STATUS:DRAM_USED{${card('gib')}} 12.5
      RBLN_DEVICE_STATUS:DRAM_TOTAL{${card('gib')}} 15.71875
      RBLN_DEVICE_STATUS:TEMPERATURE{${card('gib')}} 54
      RBLN_DEVICE_STATUS:CARD_POWER{${card('raw')}} 58300000
      RBLN_DEVICE_STATUS:DRAM_USED{${card('raw')}} 13421772800
      RBLN_DEVICE_STATUS:DRAM_TOTAL{${card('raw')}} 16877879296
      RBLN_DEVICE_STATUS:TEMPERATURE{${card('raw')}} 54000`)
    expect(data).toHaveLength(2)
    for (const npu of data) {
      expect(npu.power_watts).toBeCloseTo(58.3, 9)
      expect(npu).toMatchObject({
        memory_used_mb: 12_800,
        memory_total_mb: 16_096,
        npu_temperature_celsius: 54,
      })
    }
  })

  it('counts old and new names of one card once, the new ones first', async () => {
    const { data } = await npusOf(`
      RBLN_DEVICE_STATUS:CARD_POWER{${card('one')}} 58
      rbln_npu_power{${card('one')}} 59
      RBLN_DEVICE_STATUS:UTILIZATION{${card('one')}} 87.5`)
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({ power_watts: 59, npu_utilization_percent: 87.5 })
  })

  it('finds the series of a card without a UUID, whose index is part of a name', async () => {
    const { data } = await npusOf('rbln_npu_power{name="rbln3",hostname="npu-2"} 59')
    expect(data[0]).toMatchObject({ npu_id: 'npu-2:rebellions:3', device_index: 3 })
    const power = await served?.get('/npus/npu-2:rebellions:3/power?period=10m&step=5m')
    expect(power?.data).toMatchObject({ power_watts_avg: 59, energy_joules: 59 * 600 })
  })

  it('reads a health of 0 as healthy and of 1 as not', async () => {
    const { data } = await npusOf(`
      RBLN_DEVICE_STATUS:HEALTH{${card('good')}} 0
      RBLN_DEVICE_STATUS:UTILIZATION{${card('good')}} 0
      RBLN_DEVICE_STATUS:HEALTH{${card('ill')}} 1
      RBLN_DEVICE_STATUS:UTILIZATION{${card('ill')}} 0`)
    expect(data.map((npu: any) => [npu.npu_id, npu.status])).toEqual([
      ['good', 'idle'],
      ['ill', 'error'],
    ])
  })
})

describe('Ascend', () => {
  const chip = (id: number) =>
    `id="${id}",model_name="910B3-Ascend-V1",pcie_bus_info="0000:61:00.0",vdie_id="",node="asc-1"`

  it('knows chips without a UUID and without pods by node and index, in every read', async () => {
    const { data, meta } = await npusOf(`
      npu_chip_info_power{${chip(0)}} 96.5
      npu_chip_info_utilization{${chip(0)}} 40
      npu_chip_info_hbm_used_memory{${chip(0)}} 30000
      npu_chip_info_hbm_total_memory{${chip(0)}} 65536
      npu_chip_info_health_status{${chip(0)}} 1
      npu_chip_info_power{${chip(1)}} 91
      npu_chip_info_health_status{${chip(1)}} 0`)
    // The samples of this text stand still for an hour, which is told of chips that work.
    expect(meta.warnings.map(({ code }) => code)).toEqual(['stale_data'])
    expect(data).toHaveLength(2)
    expect(data[0]).toMatchObject({
      npu_id: 'asc-1:huawei:0',
      uuid: null,
      power_watts: 96.5,
      npu_utilization_percent: 40,
      memory_used_mb: 30_000,
      memory_total_mb: 65_536,
      allocated_to: [],
      status: 'active',
    })
    expect(data[1].status).toBe('error')
    const power = await served?.get('/npus/asc-1:huawei:1/power?period=10m&step=5m')
    expect(power?.data).toMatchObject({ power_watts: 91, energy_joules: 91 * 600 })
  })
})

describe('Gaudi', () => {
  it('reads milliwatts as watts', async () => {
    const card = 'Serial="AM41000120",UUID="01P4-HL3090A0-18",device="AM41000120",id="0"'
    const { data } = await npusOf(`
      habanalabs_power_mW{${card},pod_namespace="serving",pod_name="tgi-0"} 451000
      habanalabs_power_default_limit_mW{${card}} 850000
      habanalabs_memory_used_bytes{${card}} 1073741824
      habanalabs_temperature_onboard{${card}} 38
      habanalabs_utilization{${card}} 83`)
    expect(data[0]).toMatchObject({
      vendor: 'intel',
      power_watts: 451,
      power_limit_watts: 850,
      memory_used_mb: 1024,
      board_temperature_celsius: 38,
      npu_utilization_percent: 83,
      allocated_to: [{ namespace: 'serving', pod: 'tgi-0', container: null }],
    })
  })
})

describe('TPU', () => {
  it('has no watts: null, never 0, and counted as not covered', async () => {
    const card =
      'accelerator_id="4804500432160000123-0",make="cloud-tpu",model="tpu-v6e-slice",tpu_topology="2x2"'
    const { data } = await npusOf(`
      duty_cycle{${card},namespace="serving",pod="gemma-tpu-0",container="jetstream"} 78
      memory_used{${card},namespace="serving",pod="gemma-tpu-0",container="jetstream"} 1073741824
      memory_total{${card}} 34359738368
      memory_used{instance="a-web-server:80"} 5`)
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({
      npu_id: '4804500432160000123-0',
      vendor: 'google',
      power_watts: null,
      npu_utilization_percent: 78,
      memory_used_mb: 1024,
      memory_total_mb: 32_768,
      status: 'active',
    })
    const summary = await served?.get('/npus/summary')
    expect(summary?.data).toMatchObject({ total_npus: 1, power_watts: null, power_coverage: 0 })
    const power = await served?.get('/npus/4804500432160000123-0/power?period=10m&step=5m')
    expect(power?.data).toMatchObject({ power_watts: null, energy_joules: null })
    expect(power?.meta.warnings).toEqual([])
  })
})

describe('one board by several sources', () => {
  const BOARD = `
    DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="n-1",modelName="NVIDIA H100 80GB HBM3"} 300
    kepler_node_gpu_watts{gpu_uuid="GPU-1",gpu="0",gpu_name="NVIDIA H100",vendor="nvidia",node_name="n-1"} 290
    nv_gpu_power_usage{gpu_uuid="GPU-1",instance="triton:8002"} 280`

  it('is one row, by the sources in their order', async () => {
    served = await serveAccelerators({ lab: BOARD })
    const { data } = await served.get('/gpus')
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({
      node: 'n-1',
      power_watts: 300,
      model: 'NVIDIA H100 80GB HBM3',
    })
    expect(data[0].sources[0]).toBe('dcgm')
    expect(data[0].sources).toHaveLength(3)
    expect((await served.get('/gpus/summary')).data.power_watts).toBe(300)
    expect((await served.get('/gpus?node=n-1')).data).toEqual(data)
    expect((await served.get('/gpus/n-1:nvidia:0')).data).toEqual(data[0])
  })

  it('has the measures of the next source where the first is silent', async () => {
    served = await serveAccelerators({
      lab: BOARD.replace('DCGM_FI_DEV_POWER_USAGE', 'DCGM_FI_DEV_GPU_TEMP').replace(
        '} 300',
        '} 55',
      ),
    })
    const { data } = await served.get('/gpus')
    expect(data[0]).toMatchObject({ power_watts: 290, gpu_temperature_celsius: 55 })
  })
})

describe.skipIf(!haveFixtures)('samples of real exporters', () => {
  /** As it was scraped: without the time that some write behind the value. */
  const scraped = (name: string) =>
    exposition(`${name}.prom`)
      .replaceAll(/^([\w:]+\{)/gm, '$1instance="npu-9:8082",')
      .replaceAll(/^(.*\} \S+) \d{10,}$/gm, '$1')

  it.each([
    ['furiosa-2025.2-readme', 1, 50],
    ['rbln-metrics-exporter-0.2.2', 4, 58.3 + 60.1 + 21],
    ['habanalabs-gaudi-exporter', 3, 451 + 448.5 + 228],
    ['google-tpu-device-plugin', 4, null],
    ['ascend-npu-exporter-5.0-testdata', 8, 0],
    ['ascend-mindcluster-26.1-testdata', 8, 0],
  ])('%s is %d NPUs of %s W', async (name, count, watts) => {
    served = await serveAccelerators({ lab: scraped(name) })
    const { data } = await served.get('/npus/summary')
    expect(data.total_npus).toBe(count)
    if (watts === null) expect(data.power_watts).toBeNull()
    else expect(data.power_watts).toBeCloseTo(watts, 9)
  })
})

import { describe, expect, it } from 'vitest'
import { createFleet } from '../support/fleet.ts'
import { fakeClock } from '../support/test-app.ts'
import { known, latest } from './reading.ts'

describe('the AMD device metrics exporter', () => {
  const card = (index: number) =>
    `gpu_id="${index}",serial_number="S${index}",card_model="MI300X",hostname="amd-1",gpu_compute_partition_type="spx",gpu_partition_id="0",pod="",namespace="",container=""`

  it.each([
    [
      'MI300',
      `gpu_package_power{${card(0)}} 712\ngpu_average_package_power{${card(0)}} 0\ngpu_power_usage{${card(0)}} 712`,
      712,
    ],
    ['MI200', `gpu_package_power{${card(0)}} 0\ngpu_average_package_power{${card(0)}} 430`, 430],
    ['a board that fills the third name only', `gpu_power_usage{${card(0)}} 168`, 168],
    ['a prefix', `amd_gpu_package_power{${card(0)}} 500`, 500],
  ])('has three names for one power: %s', async (_card, text, watts) => {
    const { rows, warnings } = await latest(text, ['gpu', 'uuid'], ['power_watts'])
    expect(rows).toEqual([{ source: 'amd', uuid: 'S0', power_watts: watts }])
    expect(warnings).toEqual([])
  })

  it('counts memory in mebibytes, and says healthy with 1', async () => {
    const { rows } = await latest(
      `gpu_total_vram{${card(0)}} 196592
       gpu_used_vram{${card(0)}} 171234
       gpu_junction_temperature{${card(0)}} 78
       gpu_edge_temperature{${card(0)}} 0
       gpu_gfx_activity{${card(0)}} 98
       gpu_health{${card(0)}} 1
       gpu_clock{clock_type="GPU_CLOCK_TYPE_SYSTEM",clock_index="0",${card(0)}} 2104
       gpu_clock{clock_type="GPU_CLOCK_TYPE_MEMORY",clock_index="1",${card(0)}} 1300
       gpu_clock{clock_type="GPU_CLOCK_TYPE_DATA",clock_index="2",${card(0)}} 9999`,
      ['gpu', 'uuid'],
      [
        'memory_total_mb',
        'memory_used_mb',
        'gpu_temperature_celsius',
        'gpu_utilization_percent',
        'device_healthy',
        'sm_clock_mhz',
        'memory_clock_mhz',
      ],
    )
    expect(rows).toEqual([
      {
        source: 'amd',
        uuid: 'S0',
        memory_total_mb: 196_592,
        memory_used_mb: 171_234,
        gpu_temperature_celsius: 78,
        gpu_utilization_percent: 98,
        device_healthy: 1,
        sm_clock_mhz: 2104,
        memory_clock_mhz: 1300,
      },
    ])
  })

  it('counts energy in microjoules', async () => {
    const clock = fakeClock()
    const text = `gpu_energy_consumed{${card(0)}} 9e12 700e6`
    const { telemetry } = createFleet({ seoul: text }, clock.now)
    const { rows } = await telemetry.history({
      entity: 'gpu',
      labels: ['uuid'],
      measure: 'energy_joules',
      summary: 'last',
      range: { start: new Date('2026-11-19T23:50:00Z'), end: clock.now(), stepSeconds: 300 },
    })
    const [first, second] = rows[0]!.values
    expect(second! - first!).toBeCloseTo(700 * 300, 3)
  })

  it('shows the power of a divided card on one partition only', async () => {
    const part = (id: number) =>
      `gpu_id="0",serial_number="S0",hostname="amd-1",gpu_compute_partition_type="cpx",gpu_partition_id="${id}"`
    const { rows, warnings } = await latest(
      `gpu_package_power{${part(0)}} 600
       gpu_package_power{${part(1)}} 0
       gpu_gfx_activity{${part(0)}} 90
       gpu_gfx_activity{${part(1)}} 10`,
      ['gpu', 'uuid', 'partition_id', 'partition_profile'],
      ['power_watts', 'engine_active_percent'],
    )
    expect(rows).toEqual([
      {
        source: 'amd_partitions',
        uuid: 'S0',
        partition_id: '0',
        partition_profile: 'cpx',
        power_watts: 600,
        engine_active_percent: 90,
      },
      {
        source: 'amd_partitions',
        uuid: 'S0',
        partition_id: '1',
        partition_profile: 'cpx',
        engine_active_percent: 10,
      },
    ])
    expect(warnings).toEqual([])
  })

  it('is told from others that use its names by the serial number', async () => {
    const { rows } = await latest('gpu_package_power{gpu="0"} 5', ['gpu', 'uuid'], ['power_watts'])
    expect(rows).toEqual([])
  })
})

describe('Intel XPU Manager', () => {
  const DEVICE =
    'uuid="x0",dev_name="Data Center GPU Max",pci_bdf="0000:4d:00.0",dev_file="card1",node="xpu-1"'

  it('reads devices, and neither tiles nor cards under the same names', async () => {
    const { rows } = await latest(
      `xpum_power_watts{${DEVICE}} 310
       xpum_power_watts{${DEVICE},sub_dev="0"} 160
       xpum_power_watts{${DEVICE},sub_dev="1"} 150
       xpum_power_watts{card="0",node="xpu-1"} 999
       xpum_engine_ratio{${DEVICE}} 0.42
       xpum_memory_used_bytes{${DEVICE}} 1073741824`,
      ['gpu', 'uuid'],
      ['power_watts', 'gpu_utilization_percent', 'memory_used_mb'],
    )
    expect(rows).toEqual([
      {
        source: 'xpu_manager',
        uuid: 'x0',
        power_watts: 310,
        gpu_utilization_percent: 42,
        memory_used_mb: 1024,
      },
    ])
  })
})

describe('Intel XPU Manager 2', () => {
  const GPU =
    'hw_id="x1",hw_name="Intel Max 1550",hw_vendor="Intel(R) Corporation",host_name="xpu-2"'

  it('is read under the names of OpenTelemetry, and nothing else that stands there', async () => {
    const { rows } = await latest(
      `hw_power_watts{${GPU},hw_type="gpu"} 480
       hw_power_watts{hw_id="psu0",hw_type="power_supply",host_name="xpu-2"} 1900
       hw_power_watts{hw_id="host",host_name="xpu-2"} 2100
       hw_power_watts{hw_id="GPU-9",hw_type="gpu",hw_vendor="NVIDIA",host_name="n"} 300
       hw_gpu_utilization_ratio{${GPU},hw_gpu_task="general"} 0.61
       hw_gpu_utilization_ratio{${GPU},hw_gpu_task="decoder"} 0.99
       hw_gpu_memory_usage_bytes{${GPU}} 2147483648
       hw_gpu_memory_limit_bytes{${GPU}} 137438953472`,
      ['gpu', 'uuid', 'node'],
      ['power_watts', 'gpu_utilization_percent', 'memory_used_mb', 'memory_total_mb'],
    )
    expect(rows).toEqual([
      {
        source: 'xpu_manager_2',
        uuid: 'x1',
        node: 'xpu-2',
        power_watts: 480,
        gpu_utilization_percent: 61,
        memory_used_mb: 2048,
        memory_total_mb: 131_072,
      },
    ])
  })
})

describe('Moore Threads', () => {
  it("is no NVIDIA under dcgm-exporter's names", async () => {
    const text = `
      DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="M0",modelName="MTT S5000",Hostname="m"} 250
      DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-0",modelName="NVIDIA H100",Hostname="n"} 300
      DCGM_FI_DEV_POWER_USAGE{gpu="1",UUID="GPU-1",Hostname="n"} 310`
    expect(await known(text, ['gpu', 'uuid'])).toEqual([
      { source: 'dcgm', uuid: 'GPU-0' },
      { source: 'dcgm', uuid: 'GPU-1' },
      { source: 'moore_threads_dcgm', uuid: 'M0' },
    ])
  })

  it('counts milliwatts', async () => {
    const { rows } = await latest(
      'mtgpu_power_usage_milliwatts{uuid="M0",gpu="0"} 250500\nmtgpu_memory_used_bytes{uuid="M0",gpu="0"} 1048576',
      ['gpu', 'uuid'],
      ['power_watts', 'memory_used_mb'],
    )
    expect(rows).toEqual([
      expect.objectContaining({
        source: 'moore_threads',
        uuid: 'M0',
        power_watts: 250.5,
        memory_used_mb: 1,
      }),
    ])
  })
})

describe('Triton', () => {
  it('is a source of boards where nothing else is, in ratios and bytes', async () => {
    const { rows } = await latest(
      `nv_gpu_power_usage{gpu_uuid="GPU-0"} 188.5
       nv_gpu_utilization{gpu_uuid="GPU-0"} 0.21
       nv_gpu_memory_used_bytes{gpu_uuid="GPU-0"} 1048576000`,
      ['gpu', 'uuid'],
      ['power_watts', 'gpu_utilization_percent', 'memory_used_mb'],
    )
    expect(rows).toEqual([
      {
        source: 'triton_gpus',
        uuid: 'GPU-0',
        power_watts: 188.5,
        gpu_utilization_percent: 21,
        memory_used_mb: 1000,
      },
    ])
  })
})

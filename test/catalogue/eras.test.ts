import { describe, expect, it } from 'vitest'
import { known, latest } from './reading.ts'

// What exporters changed between versions, where the tests of their sources do not say it.

describe('dcgm-exporter', () => {
  it.each([
    [
      'names of version 1 with the labels of the old namespace',
      'dcgm_power_usage{gpu="0",uuid="GPU-1",device="nvidia0",Hostname="gpu-1",pod_name="train-0",pod_namespace="ai",container_name="main"} 310',
    ],
    [
      'Hostname, and workloads renamed by Prometheus',
      'DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-1",Hostname="gpu-1",exported_pod="train-0",exported_namespace="ai",exported_container="main",pod="nvidia-dcgm-exporter-x",namespace="gpu-operator",container="nvidia-dcgm-exporter"} 310',
    ],
    [
      'hostname in small letters',
      'DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-1",hostname="gpu-1",pod="train-0",namespace="ai",container="main"} 310',
    ],
    [
      'no host name, and the node of the target',
      'DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-1",node="gpu-1",instance="10.0.0.1:9400",pod="train-0",namespace="ai",container="main"} 310',
    ],
    [
      "the exporter's own pod for a host name",
      'DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-1",Hostname="dcgm-exporter-sn5rp",node="gpu-1",pod="train-0",namespace="ai",container="main"} 310',
    ],
  ])('has one card under %s', async (_era, text) => {
    const { rows } = await latest(
      text,
      ['gpu', 'uuid', 'node', 'namespace', 'pod', 'container'],
      ['power_watts'],
    )
    expect(rows).toMatchObject([
      {
        source: 'dcgm',
        uuid: 'GPU-1',
        node: 'gpu-1',
        namespace: 'ai',
        pod: 'train-0',
        container: 'main',
        power_watts: 310,
      },
    ])
  })

  it('repeats a shared card for each of its pods, beside the card itself', async () => {
    const card = 'gpu="0",UUID="GPU-1",Hostname="gpu-1"'
    const { rows } = await latest(
      `DCGM_FI_DEV_POWER_USAGE{${card},vgpu="0",pod="a",namespace="n"} 300
       DCGM_FI_DEV_POWER_USAGE{${card},vgpu="1",pod="b",namespace="n"} 300
       DCGM_FI_DEV_GPU_UTIL{${card}} 90
       DCGM_FI_DEV_GPU_UTIL{${card},pod="a",namespace="n"} 50
       DCGM_FI_DEV_GPU_UTIL{${card},pod="b",namespace="n"} 40
       DCGM_FI_DEV_FB_USED{${card}} 3000
       DCGM_FI_DEV_FB_USED{${card},pod="a",namespace="n"} 1000`,
      ['gpu', 'uuid'],
      ['power_watts', 'gpu_utilization_percent', 'memory_used_mb'],
    )
    expect(rows).toMatchObject([
      {
        source: 'dcgm',
        uuid: 'GPU-1',
        power_watts: 300,
        gpu_utilization_percent: 90,
        memory_used_mb: 3000,
      },
    ])
  })

  it.each([9223372036854775794, 2147483632, 1.4e14])('has no reading of %s', async (blank) => {
    const card = 'gpu="0",UUID="GPU-1",Hostname="gpu-1"'
    const { rows, warnings } = await latest(
      `DCGM_FI_DEV_POWER_USAGE{${card}} ${blank}
       DCGM_FI_DEV_GPU_TEMP{${card}} ${blank}
       DCGM_FI_DEV_GPU_UTIL{${card}} ${blank}
       DCGM_FI_DEV_FB_USED{${card}} 1000`,
      ['gpu', 'uuid'],
      ['power_watts', 'gpu_temperature_celsius', 'gpu_utilization_percent', 'memory_used_mb'],
    )
    expect(rows).toMatchObject([{ source: 'dcgm', uuid: 'GPU-1', memory_used_mb: 1000 }])
    expect(warnings).toHaveLength(3)
  })

  it('repeats the power of a card on each of its MIG instances', async () => {
    const instance = (id: number) =>
      `gpu="0",UUID="GPU-1",Hostname="gpu-1",GPU_I_PROFILE="1g.10gb",GPU_I_ID="${id}"`
    const { rows } = await latest(
      [7, 8, 9].map((id) => `DCGM_FI_DEV_POWER_USAGE{${instance(id)}} 250`).join('\n'),
      ['gpu', 'uuid'],
      ['power_watts'],
    )
    expect(rows).toMatchObject([{ source: 'dcgm', uuid: 'GPU-1', power_watts: 250 }])
  })
})

describe('the AMD device metrics exporter', () => {
  it.each([
    ['1.3', 'GPU_CLOCK_TYPE_SYSTEM'],
    ['1.4.2', 'system'],
  ])('of %s calls the clock %s', async (_version, type) => {
    const card = 'gpu_id="0",serial_number="S0",gpu_compute_partition_type="spx"'
    const { rows } = await latest(
      `gpu_clock{${card},clock_index="0",clock_type="${type}"} 132
       gpu_clock{${card},clock_index="1",clock_type="${type}"} 2100
       gpu_clock{${card},clock_index="9",clock_type="soc"} 3000`,
      ['gpu', 'uuid'],
      ['sm_clock_mhz'],
    )
    expect(rows).toMatchObject([{ source: 'amd', uuid: 'S0', sm_clock_mhz: 2100 }])
  })

  it('has one board, whatever UUID its partitions have', async () => {
    const part = (id: number) =>
      `gpu_id="${id}",gpu_partition_id="${id}",gpu_uuid="U${id}",serial_number="S0",gpu_compute_partition_type="cpx",hostname="amd-1"`
    const text = `gpu_package_power{${part(0)}} 600\ngpu_package_power{${part(1)}} 0\ngpu_gfx_activity{${part(1)}} 80`
    const { rows } = await latest(text, ['gpu', 'uuid'], ['power_watts'])
    expect(rows).toMatchObject([{ source: 'amd_partitions', uuid: 'S0', power_watts: 600 }])
  })
})

describe('Intel XPU Manager', () => {
  it.each(['xpum_energy_joules_total', 'xpum_energy_joules'])(
    'counts joules as %s',
    async (name) => {
      const { rows } = await latest(
        `${name}{uuid="X1",dev_name="Max 1550",pci_bdf="0000:4d:00.0",node="xpu-1",src="direct"} 5000 10
       xpum_engine_ratio{uuid="X1",node="xpu-1"} 0.42`,
        ['gpu', 'uuid', 'node'],
        ['gpu_utilization_percent'],
      )
      expect(rows).toMatchObject([
        { source: 'xpu_manager', uuid: 'X1', node: 'xpu-1', gpu_utilization_percent: 42 },
      ])
    },
  )
})

describe('Rebellions', () => {
  const CARD = 'card="RBLN-CA25",name="rbln0",uuid="R0",hostname="npu-2"'

  it('of 0.3 has a level of power that is no power, and a state that is no health', async () => {
    const { rows } = await latest(
      `rbln_npu_power{${CARD}} 61.5
       rbln_npu_power_state{${CARD}} 14
       rbln_npu_device_status{${CARD},state="idle"} 1
       rbln_npu_health{${CARD}} 0
       rbln_up 1`,
      ['npu', 'uuid'],
      ['power_watts', 'device_healthy'],
    )
    expect(rows).toMatchObject([
      { source: 'rebellions', uuid: 'R0', power_watts: 61.5, device_healthy: 1 },
    ])
  })

  it.each([
    ['a card that draws 0 W', 0, 0],
    ['the most in watts', 1999, 1999],
    ['little in microwatts', 4_500_000, 4.5],
    ['much in microwatts', 350_000_000, 350],
  ])('tells watts from microwatts: %s', async (_what, theirs, ours) => {
    const { rows } = await latest(
      `RBLN_DEVICE_STATUS:CARD_POWER{${CARD}} ${theirs}`,
      ['npu', 'uuid'],
      ['power_watts'],
    )
    expect(rows).toMatchObject([{ source: 'rebellions', uuid: 'R0', power_watts: ours }])
  })

  it('keeps memory apart that is hardly used: bytes and GiB', async () => {
    const memory = async (used: number, total: number) =>
      (
        await latest(
          `RBLN_DEVICE_STATUS:DRAM_USED{${CARD}} ${used}\nRBLN_DEVICE_STATUS:DRAM_TOTAL{${CARD}} ${total}`,
          ['npu', 'uuid'],
          ['memory_used_mb', 'memory_total_mb'],
        )
      ).rows
    const expected = { source: 'rebellions', uuid: 'R0', memory_total_mb: 16_096 }
    expect(await memory(0.0625, 15.71875)).toMatchObject([{ ...expected, memory_used_mb: 64 }])
    expect(await memory(67_108_864, 16_877_879_296)).toMatchObject([
      { ...expected, memory_used_mb: 64 },
    ])
  })
})

describe('Furiosa', () => {
  const CARD = 'arch="rngd",device="npu0",uuid="F0",hostname="npu-1"'

  it('has its memory in bytes, of the card and not of its parts', async () => {
    const { rows } = await latest(
      `furiosa_npu_hw_power{${CARD},core="0-7",label="rms"} 50
       furiosa_npu_dram_total{${CARD},core="0-7"} 51539607552
       furiosa_npu_dram_usage{${CARD},core="0-7"} 1073741824`,
      ['npu', 'uuid'],
      ['memory_total_mb', 'memory_used_mb'],
    )
    expect(rows).toMatchObject([
      { source: 'furiosa', uuid: 'F0', memory_total_mb: 49_152, memory_used_mb: 1024 },
    ])
  })

  it('has one identity, spelt either way', async () => {
    const text = `furiosa_npu_alive{${CARD},core="0-7",pci_bud_id="0000:c7:00.0"} 1`
    expect(await known(text, ['npu', 'uuid', 'pci_bus_id'])).toMatchObject([
      { source: 'furiosa', uuid: 'F0', pci_bus_id: '0000:c7:00.0' },
    ])
  })
})

describe('Huawei Ascend', () => {
  it.each([
    ['5.0, without pods', 'id="0",model_name="910A",pcie_bus_info="0000:61:00.0",vdie_id="V0"', {}],
    [
      'MindCluster, held by a pod',
      'id="0",model_name="910A",pcie_bus_info="0000:61:00.0",vdie_id="V0",namespace="ai",pod_name="train-0",container_name="main"',
      { namespace: 'ai', pod: 'train-0', container: 'main' },
    ],
    [
      'MindCluster, held by nobody',
      'id="0",model_name="910A",pcie_bus_info="0000:61:00.0",vdie_id="V0",namespace="",pod_name="",container_name=""',
      {},
    ],
  ])('of %s', async (_era, labels, owner) => {
    const { rows } = await latest(
      `npu_chip_info_power{${labels},instance="10.0.2.31:8082"} 71.5`,
      ['npu', 'uuid', 'node', 'namespace', 'pod', 'container'],
      ['power_watts'],
    )
    expect(rows).toMatchObject([
      { source: 'ascend', uuid: 'V0', node: '10.0.2.31', ...owner, power_watts: 71.5 },
    ])
  })

  it('is known by its clock alone', async () => {
    const text = 'npu_chip_info_aicore_current_freq{id="0",vdie_id="V0",model_name="910A"} 1000'
    expect(await known(text, ['npu', 'uuid', 'model'])).toMatchObject([
      { source: 'ascend', uuid: 'V0', model: '910A' },
    ])
  })
})

describe('the device plugin of Google TPUs', () => {
  it('knows a chip that nobody holds by the series of its node', async () => {
    const chip = 'accelerator_id="480-0",make="cloud-tpu",model="tpu-v6e-slice"'
    const text = `duty_cycle_node{${chip},instance="10.0.2.51:2112"} 0\nmemory_total_node{${chip},instance="10.0.2.51:2112"} 34359738368`
    const { rows } = await latest(
      text,
      ['npu', 'uuid', 'model'],
      ['npu_utilization_percent', 'memory_total_mb'],
    )
    expect(rows).toMatchObject([
      {
        source: 'cloud_tpu',
        uuid: '480-0',
        model: 'tpu-v6e-slice',
        npu_utilization_percent: 0,
        memory_total_mb: 32_768,
      },
    ])
  })
})

describe('Kepler', () => {
  const W = (watts: number) => `1000 ${watts}`

  it('of 0.5 has the index of a GPU, and no packages of a platform', async () => {
    const labels = 'instance="gpu-1",source="rapl-sysfs"'
    const { rows } = await latest(
      `kepler_node_package_joules_total{${labels},package="0",mode="dynamic"} ${W(40)}
       kepler_node_package_joules_total{${labels},package="0",mode="idle"} ${W(60)}
       kepler_node_gpu_joules_total{instance="gpu-1",index="0",source="NVML",mode="dynamic"} ${W(200)}
       kepler_node_gpu_joules_total{instance="gpu-1",index="1",source="NVML",mode="dynamic"} ${W(100)}
       kepler_node_platform_joules_total{instance="gpu-1",source="acpi",mode="dynamic"} ${W(500)}`,
      ['node', 'node'],
      ['power_watts', 'cpu_power_watts'],
    )
    expect(rows).toMatchObject([
      { source: 'kepler_legacy_platform', node: 'gpu-1', power_watts: 500 },
      { source: 'kepler_legacy', node: 'gpu-1', cpu_power_watts: 100 },
    ])
  })

  it('of 0.11 with hwmon has zones of any name, which are none of ours', async () => {
    const { rows } = await latest(
      `kepler_node_cpu_watts{node_name="gpu-1",zone="package",path="a"} 120
       kepler_node_cpu_watts{node_name="gpu-1",zone="PPT",path="b"} 90
       kepler_node_cpu_watts{node_name="gpu-1",zone="psys",path="c"} 300
       kepler_node_cpu_watts{node_name="gpu-1",zone="core",path="d"} 80`,
      ['node', 'node'],
      ['cpu_power_watts', 'dram_power_watts', 'platform_zone_power_watts'],
    )
    expect(rows).toMatchObject([
      { source: 'kepler', node: 'gpu-1', cpu_power_watts: 120, platform_zone_power_watts: 300 },
    ])
  })

  it('of 0.11 attributes GPUs only where they are used, and never twice', async () => {
    const pod = 'pod_id="u1",pod_name="a",pod_namespace="n",node_name="gpu-1"'
    const { rows } = await latest(
      `kepler_pod_gpu_watts{${pod},state="running"} 250
       kepler_pod_gpu_watts{${pod},state="terminated"} 0
       kepler_pod_cpu_watts{${pod},state="running",zone="package"} 30
       kepler_pod_cpu_watts{${pod},state="running",zone="core"} 20`,
      ['pod', 'namespace', 'pod'],
      ['gpu_power_watts', 'cpu_power_watts'],
    )
    expect(rows).toMatchObject([
      expect.objectContaining({
        source: 'kepler_pods',
        pod: 'a',
        gpu_power_watts: 250,
        cpu_power_watts: 30,
      }),
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { known, latest } from './reading.ts'

describe('Furiosa', () => {
  const CARD =
    'arch="rngd",device="npu0",uuid="F0",pci_bus_id="0000:c7:00.0",hostname="npu-1",driver_version="2025.1"'
  const POD = 'namespace="default",pod="llm",container="main"'

  it('has one power for a card and each of its partitions', async () => {
    const { rows } = await latest(
      `furiosa_npu_hw_power{${CARD},core="0-7",label="rms"} 50
       furiosa_npu_hw_power{${CARD},core="0-3",label="rms",${POD}} 50
       furiosa_npu_hw_temperature{${CARD},core="0-7",label="peak"} 67.756
       furiosa_npu_hw_temperature{${CARD},core="0-7",label="ambient"} 52
       furiosa_npu_alive{${CARD},core="0-7"} 1`,
      ['npu', 'uuid'],
      ['power_watts', 'npu_temperature_celsius', 'board_temperature_celsius', 'device_healthy'],
    )
    expect(rows).toEqual([
      {
        source: 'furiosa',
        uuid: 'F0',
        power_watts: 50,
        npu_temperature_celsius: 67.756,
        board_temperature_celsius: 52,
        device_healthy: 1,
      },
    ])
  })

  it('has the mean of its cores, or each of them, and how many there are', async () => {
    const text = [10, 20, 30, 100]
      .map((busy, core) => `furiosa_npu_core_utilization{${CARD},core="${core}"} ${busy}`)
      .join('\n')
    const whole = await latest(text, ['npu', 'uuid'], ['npu_utilization_percent', 'cores_total'])
    expect(whole.rows).toEqual([
      { source: 'furiosa', uuid: 'F0', npu_utilization_percent: 40, cores_total: 4 },
    ])
    const cores = await latest(text, ['npu', 'uuid', 'core'], ['npu_utilization_percent'])
    expect(
      cores.rows.map(({ core, npu_utilization_percent }) => [core, npu_utilization_percent]),
    ).toEqual([
      ['0', 10],
      ['1', 20],
      ['2', 30],
      ['3', 100],
    ])
  })

  it.each([
    ['hostname', 'hostname="npu-1"'],
    ['kubernetes_node_name, up to 0.0.12', 'kubernetes_node_name="npu-1"'],
    ['the node of the target', 'node="npu-1",instance="10.0.0.7:6254"'],
    ['the instance', 'instance="npu-1:6254"'],
  ])('knows its node by %s', async (_era, label) => {
    const text = `furiosa_npu_alive{arch="warboy",device="npu0",uuid="F0",core="0-1",${label}} 1`
    expect(await known(text, ['npu', 'uuid', 'node', 'model'])).toEqual([
      { source: 'furiosa', uuid: 'F0', node: 'npu-1', model: 'warboy' },
    ])
  })
})

describe('Rebellions', () => {
  const CARD =
    'card="RBLN-CA25",name="rbln0",uuid="R0",hostname="npu-2",namespace="",pod="",container=""'
  const measures = [
    'power_watts',
    'npu_temperature_celsius',
    'memory_total_mb',
    'memory_used_mb',
    'device_healthy',
  ] as const
  const status = (name: string) => `RBLN_DEVICE_STATUS:${name}{${CARD}}`
  const EXPECTED = {
    source: 'rebellions',
    uuid: 'R0',
    power_watts: 58.3,
    npu_temperature_celsius: 54,
    memory_total_mb: 16_096,
  }

  it.each([
    [
      '0.2.0: GiB',
      `${status('CARD_POWER')} 58.3\n${status('TEMPERATURE')} 54\n${status('DRAM_TOTAL')} 15.71875\n${status('DRAM_USED')} 12.5`,
    ],
    [
      '0.2.1: bytes',
      `${status('CARD_POWER')} 58.3\n${status('TEMPERATURE')} 54\n${status('DRAM_TOTAL')} 16877879296\n${status('DRAM_USED')} 13421772800`,
    ],
    [
      'what the management interface gives: microwatts and millidegrees',
      `${status('CARD_POWER')} 58300000\n${status('TEMPERATURE')} 54000\n${status('DRAM_TOTAL')} 16877879296\n${status('DRAM_USED')} 13421772800`,
    ],
    [
      'the newer names',
      `rbln_npu_power{${CARD}} 58.3\nrbln_npu_temperature{${CARD}} 54\nrbln_npu_memory_total{${CARD}} 16877879296\nrbln_npu_memory_used{${CARD}} 13421772800`,
    ],
    [
      'both, which are never added',
      `rbln_npu_power{${CARD}} 58.3\n${status('CARD_POWER')} 58.3\nrbln_npu_temperature{${CARD}} 54\nrbln_npu_memory_total{${CARD}} 16877879296\nrbln_npu_memory_used{${CARD}} 13421772800`,
    ],
  ])('through its eras: %s', async (_era, text) => {
    const { rows, warnings } = await latest(text, ['npu', 'uuid'], measures)
    expect(rows).toEqual([expect.objectContaining({ ...EXPECTED, memory_used_mb: 12_800 })])
    expect(warnings).toEqual([])
  })

  it('counts health upside down: 0 is active', async () => {
    const { rows } = await latest(
      `RBLN_DEVICE_STATUS:HEALTH{uuid="R0"} 0\nRBLN_DEVICE_STATUS:HEALTH{uuid="R1"} 1\nrbln_npu_health{uuid="R2"} 0`,
      ['npu', 'uuid'],
      ['device_healthy'],
    )
    expect(rows.map(({ uuid, device_healthy }) => [uuid, device_healthy])).toEqual([
      ['R0', 1],
      ['R1', 0],
      ['R2', 1],
    ])
  })
})

describe('Huawei Ascend', () => {
  const chip = (id: number, die: string) =>
    `id="${id}",model_name="910B",vdie_id="${die}",pcie_bus_info="0000:61:00.0",namespace="ml",pod_name="train-0",container_name="main",instance="asc-1:8082"`

  it('reads megabytes as 2^20 bytes, and health -1 as unknown', async () => {
    const { rows, warnings } = await latest(
      `npu_chip_info_power{${chip(0, 'D0')}} 92.5
       npu_chip_info_utilization{${chip(0, 'D0')}} 40
       npu_chip_info_hbm_total_memory{${chip(0, 'D0')}} 65536
       npu_chip_info_hbm_used_memory{${chip(0, 'D0')}} 3000
       npu_chip_info_total_memory{${chip(0, 'D0')}} 15000
       npu_chip_info_health_status{${chip(0, 'D0')}} -1`,
      ['npu', 'uuid'],
      [
        'power_watts',
        'npu_utilization_percent',
        'memory_total_mb',
        'memory_used_mb',
        'device_healthy',
      ],
    )
    expect(rows).toEqual([
      expect.objectContaining({
        uuid: 'D0',
        power_watts: 92.5,
        npu_utilization_percent: 40,
        memory_total_mb: 65_536,
        memory_used_mb: 3000,
      }),
    ])
    expect(rows[0]).not.toHaveProperty('device_healthy')
    expect(warnings).toEqual([])
  })

  it('falls back to the other memory of chips that have no high-bandwidth memory', async () => {
    const { rows } = await latest(
      `npu_chip_info_hbm_total_memory{${chip(0, 'D0')}} 0\nnpu_chip_info_total_memory{${chip(0, 'D0')}} 21534`,
      ['npu', 'uuid'],
      ['memory_total_mb'],
    )
    expect(rows).toEqual([expect.objectContaining({ memory_total_mb: 21_534 })])
  })

  it('tells chips without an id of their own by node and index', async () => {
    const old = (id: number, node: string) =>
      `npu_chip_info_power{id="${id}",vdie_id="",instance="${node}:8082"} ${60 + id}`
    const { rows } = await latest(
      [old(0, 'asc-1'), old(1, 'asc-1'), old(0, 'asc-2')].join('\n'),
      ['npu', 'uuid'],
      ['power_watts'],
    )
    expect(rows).toEqual([
      { source: 'ascend', node: 'asc-1', device_index: '0', power_watts: 60 },
      { source: 'ascend', node: 'asc-1', device_index: '1', power_watts: 61 },
      { source: 'ascend', node: 'asc-2', device_index: '0', power_watts: 60 },
    ])
  })

  it.each([
    ['honor_labels true', 'namespace="ml",pod_name="train-0",container_name="main"'],
    [
      'honor_labels false',
      'exported_namespace="ml",pod_name="train-0",container_name="main",namespace="npu-exporter",pod="npu-exporter-x",container="npu-exporter"',
    ],
  ])('knows who holds a chip, %s', async (_how, owner) => {
    const text = `npu_chip_info_power{id="0",vdie_id="D0",${owner}} 90`
    expect(await known(text, ['npu', 'namespace', 'pod', 'container'])).toEqual([
      { source: 'ascend', namespace: 'ml', pod: 'train-0', container: 'main' },
    ])
  })
})

describe('Intel Gaudi', () => {
  const CARD =
    'Serial="AM1",UUID="01P4",device="AM1",id="0",driver="1.20",pod_namespace="serving",pod_name="tgi-0"'

  it('counts milliwatts, also under a name in watts', async () => {
    for (const name of ['habanalabs_power_mW', 'accelerator_power_usage_watts']) {
      const { rows } = await latest(`${name}{${CARD}} 451000`, ['npu', 'uuid'], ['power_watts'])
      expect(rows).toEqual([{ source: 'gaudi', uuid: '01P4', power_watts: 451 }])
    }
  })

  it("leaves NVIDIA's figures under that name to others", async () => {
    const text = 'accelerator_power_usage_watts{vendor_id="0x10de",uuid="GPU-0"} 300'
    expect((await latest(text, ['npu', 'uuid'], ['power_watts'])).rows).toEqual([])
  })

  it('knows who holds a card', async () => {
    expect(await known(`habanalabs_power_mW{${CARD}} 451000`, ['npu', 'namespace', 'pod'])).toEqual(
      [{ source: 'gaudi', namespace: 'serving', pod: 'tgi-0' }],
    )
  })
})

describe('Google TPU', () => {
  const CHIP = 'accelerator_id="48-0",make="cloud-tpu",model="tpu-v6e-slice",tpu_topology="2x2"'

  it('has no power, and says so', async () => {
    const { rows } = await latest(
      `duty_cycle{${CHIP},namespace="s",pod="p",container="c"} 78
       duty_cycle_node{${CHIP}} 78
       tensorcore_utilization_node{${CHIP}} 33
       memory_total{${CHIP}} 34359738368`,
      ['npu', 'uuid'],
      ['power_watts', 'npu_utilization_percent', 'tensor_active_percent', 'memory_total_mb'],
    )
    expect(rows).toEqual([
      {
        source: 'cloud_tpu',
        uuid: '48-0',
        npu_utilization_percent: 78,
        tensor_active_percent: 33,
        memory_total_mb: 32_768,
      },
    ])
  })

  it('is told from others under the same names by its make', async () => {
    expect(
      await known('duty_cycle{make="nvidia",accelerator_id="GPU-0"} 5', ['npu', 'uuid']),
    ).toEqual([])
  })
})

describe('Cambricon', () => {
  it('reads cards, not their virtual functions, and the pods from beside them', async () => {
    const text = `
      mlu_power_usage{uuid="C0",mlu="0",model="MLU370",node="mlu-1"} 75
      mlu_power_usage{uuid="C0",mlu="0",model="MLU370",node="mlu-1",vf="1"} 40
      mlu_memory_used{uuid="C0",mlu="0",model="MLU370",node="mlu-1"} 1048576
      mlu_container{uuid="C0",mlu="0",node="mlu-1",namespace="ml",pod="train-0",container="main"} 1`
    const { rows } = await latest(text, ['npu', 'uuid'], ['power_watts', 'memory_used_mb'])
    expect(rows).toEqual([
      expect.objectContaining({
        source: 'cambricon',
        uuid: 'C0',
        power_watts: 75,
        memory_used_mb: 1,
      }),
    ])
    expect(await known(text, ['npu', 'uuid', 'pod'])).toContainEqual({
      source: 'cambricon_pods',
      uuid: 'C0',
      pod: 'train-0',
    })
  })
})

describe('vendors known at second hand', () => {
  it.each([
    ['metax', 'mx_board_power{uuid="X",deviceId="0"} 90000', 90],
    ['metax_ways', 'bway_power{uuid="X",wayId="0"} 90\nbway_power{uuid="X",wayId="1"} 90', 90],
    ['hygon', 'dcu_power_usage{device_id="X",minor_number="0"} 120', 120],
    ['iluvatar', 'ix_power_usage{gpu="0",uuid="X",name="BI-V100"} 55', 55],
    [
      'enflame',
      'enflame_gcu_power_consumption{uuid="X",minor_number="0"} 70\nenflame_gcu_power_usage{uuid="X",minor_number="0"} 22.2',
      70,
    ],
    ['kunlunxin', 'node_xpu_powerUsage{uuid="X",device="0"} 60', 60],
  ])('%s', async (source, text, watts) => {
    const { rows } = await latest(text, ['npu', 'uuid'], ['power_watts'])
    expect(rows).toEqual([expect.objectContaining({ source, uuid: 'X', power_watts: watts })])
  })

  it('take -1 for what it is', async () => {
    const { rows, warnings } = await latest(
      'enflame_gcu_power_consumption{uuid="X"} -1\nenflame_gcu_health{uuid="X"} 2',
      ['npu', 'uuid'],
      ['power_watts', 'device_healthy'],
    )
    expect(rows).toEqual([{ source: 'enflame', uuid: 'X', device_healthy: 1 }])
    expect(warnings).toEqual([])
  })

  it('list the cores of AWS Neuron, which has no power', async () => {
    const { rows } = await latest(
      'neuroncore_utilization_ratio{neuroncore="0",instance_id="i-1"} 0.1\nneuroncore_utilization_ratio{neuroncore="1",instance_id="i-1"} 0.4',
      ['npu', 'uuid'],
      ['power_watts', 'npu_utilization_percent'],
    )
    expect(
      rows.map(({ device_index, npu_utilization_percent }) => [
        device_index,
        npu_utilization_percent,
      ]),
    ).toEqual([
      ['0', 10],
      ['1', 40],
    ])
  })
})

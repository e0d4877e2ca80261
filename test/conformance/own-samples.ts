import type { Scraped } from '../support/scraped.ts'

// What exporters of many makes and eras would say of small machines, made up from their names, labels and units.

type Labels = Readonly<Record<string, string | number>>

/** One line of an exposition. */
const line = (name: string, labels: Labels, value: number): string =>
  `${name}{${Object.entries(labels)
    .map(([label, text]) => `${label}="${text}"`)
    .join(',')}} ${value}`

/** Some measures of one thing under its labels. */
const lines = (labels: Labels, values: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(values).map(([name, value]) => line(name, labels, value))

const target = (node: string, port: number, text: readonly string[]): Scraped => ({
  job: `${node}-${port}`,
  text: `${text.join('\n')}\n`,
  labels: { instance: `${node}:${port}` },
})

/** One machine of a make: how many boards it has, what they draw together, and who holds how much of it. */
export interface OwnSample {
  readonly title: string
  readonly kind: 'gpu' | 'npu'
  readonly vendor: string
  readonly node: string
  readonly boards: number
  readonly watts: number | null
  /** Watts by the names of pods. */
  readonly pods?: Readonly<Record<string, number>>
  readonly scraped: Scraped
}

type Made = Omit<OwnSample, 'scraped' | 'title'> & { readonly text: readonly string[] }

const made = (title: string, port: number, { text, ...sample }: Made): OwnSample => ({
  title,
  ...sample,
  scraped: target(sample.node, port, text),
})

const mlu = (slot: number): Labels => ({
  slot,
  model: 'MLU370-X8',
  mcu: 'v1.1.4',
  driver: 'v5.10.22',
  sn: `sn-${slot}`,
  uuid: `mlu-uuid-${slot}`,
})

const CAMBRICON = made('mlu-exporter 2.0 with a virtual function and a pod', 30108, {
  kind: 'npu',
  vendor: 'cambricon',
  node: 'cam-1',
  boards: 2,
  watts: 61 + 142,
  pods: { 'mlu-train-0': 142 },
  text: [
    ...lines(mlu(0), { mlu_power_usage: 61, mlu_utilization: 0, mlu_health: 1 }),
    ...lines(mlu(1), { mlu_power_usage: 142, mlu_utilization: 88, mlu_health: 1 }),
    line('mlu_memory_used', { ...mlu(1), vf: '1' }, 2 ** 30),
    line('mlu_memory_total', { ...mlu(1), vf: '' }, 2 ** 34),
    line(
      'mlu_container',
      { ...mlu(1), vf: '', namespace: 'ml', pod: 'mlu-train-0', container: 'train' },
      1,
    ),
  ],
})

const tpu = (chip: number, pod: Labels = {}): Labels => ({
  make: 'cloud-tpu',
  model: 'tpu-v5-lite-podslice',
  accelerator_id: `4242-${chip}`,
  tpu_topology: '2x2',
  ...pod,
})

const TPU = made('TPUs, of which one has a pod', 2112, {
  kind: 'npu',
  vendor: 'google',
  node: 'tpu-1',
  boards: 2,
  watts: null,
  text: [
    line('duty_cycle', tpu(0, { container: 'c', namespace: 'ml', pod: 'jax-0' }), 71),
    line('duty_cycle_node', tpu(0), 71),
    line('duty_cycle_node', tpu(1), 0),
    line('memory_total_node', tpu(1), 17e9),
    // Somebody else's metric of that name.
    line('duty_cycle', { make: 'nvidia', accelerator_id: 'GPU-7', model: 't4' }, 12),
  ],
})

const METAX = made('mx-exporter, in milliwatts', 8000, {
  kind: 'npu',
  vendor: 'metax',
  node: 'mx-1',
  boards: 2,
  watts: 103 + 268.5,
  text: [0, 1].flatMap((card) => [
    ...lines(
      { uuid: `MX-${card}`, deviceId: card, modelName: 'C500' },
      { mx_board_power: card === 0 ? 103_000 : 268_500, mx_gpu_usage: 40 * card },
    ),
    line('mx_memory_used', { uuid: `MX-${card}`, deviceId: card, type: 'vram' }, 1024),
    line('mx_memory_used', { uuid: `MX-${card}`, deviceId: card, type: 'xtt' }, 77),
  ]),
})

const METAX_WAYS = made('the build whose ways show one power each', 8001, {
  kind: 'npu',
  vendor: 'metax',
  node: 'mx-2',
  boards: 1,
  watts: 230,
  text: [1, 2, 3].map((wayId) => line('bway_power', { uuid: 'MXW-0', deviceId: 0, wayId }, 230)),
})

const MTHREADS = made('mtgpu-exporter, in milliwatts', 9110, {
  kind: 'gpu',
  vendor: 'moorethreads',
  node: 'mt-1',
  boards: 1,
  watts: 181.25,
  text: lines(
    { uuid: 'MT-0', gpu: 0, modelName: 'MTT S4000' },
    { mtgpu_power_usage_milliwatts: 181_250, mtgpu_gpu_utilization: 64 },
  ),
})

const MTHREADS_DCGM = made("Moore Threads under NVIDIA's names", 9400, {
  kind: 'gpu',
  vendor: 'moorethreads',
  node: 'mt-2',
  boards: 1,
  watts: 97,
  text: lines(
    { gpu: 0, UUID: 'MTD-0', modelName: 'MTT S80', Hostname: 'mt-2' },
    { DCGM_FI_DEV_POWER_USAGE: 97, DCGM_FI_DEV_SM_CLOCK: 1500 },
  ),
})

const HYGON = made('dcu-exporter', 16080, {
  kind: 'npu',
  vendor: 'hygon',
  node: 'dcu-1',
  boards: 1,
  watts: 211,
  text: [
    ...lines(
      { device_id: 'DCU-0', minor_number: 0, name: 'Z100L' },
      { dcu_power_usage: 211, dcu_utilizationrate: 80, dcu_temp: 55 },
    ),
    line('vdcu_utilizationrate', { device_id: 'DCU-0', vdcu_id: 1 }, 30),
  ],
})

const ILUVATAR = made('ix-exporter with a pod', 32021, {
  kind: 'npu',
  vendor: 'iluvatar',
  node: 'ix-1',
  boards: 1,
  watts: 148,
  pods: { 'ix-infer-0': 148 },
  text: lines(
    {
      gpu: 0,
      uuid: 'GPU-ix-0',
      name: 'BI-V150',
      namespace: 'ml',
      pod: 'ix-infer-0',
      container: 'x',
    },
    { ix_power_usage: 148, ix_gpu_utilization: 51, ix_mem_used: 4096, ix_mem_total: 32_768 },
  ),
})

const gcu = (card: number): Labels => ({ host: 'gcu-1', minor_number: card, uuid: `GCU-${card}` })

const ENFLAME = made('gcu-exporter, whose power usage is a percentage', 9401, {
  kind: 'npu',
  vendor: 'enflame',
  node: 'gcu-1',
  boards: 2,
  watts: 119,
  text: [
    ...lines(gcu(0), {
      enflame_gcu_power_consumption: 119,
      enflame_gcu_power_usage: 39.6,
      enflame_gcu_health: 2,
    }),
    ...lines(gcu(1), { enflame_gcu_power_consumption: -1, enflame_gcu_health: 2 }),
  ],
})

const KUNLUNXIN = made('xpu-exporter, whose names begin as those of a node', 9500, {
  kind: 'npu',
  vendor: 'kunlunxin',
  node: 'kl-1',
  boards: 1,
  watts: 88,
  text: lines(
    { uuid: 'KL-0', device: 0, model: 'R200' },
    { node_xpu_powerUsage: 88, node_xpu_temp: 44, node_xpu_utilization: 21 },
  ),
})

const NEURON = made('neuron-monitor, which has no power', 8008, {
  kind: 'npu',
  vendor: 'aws',
  node: 'trn-1',
  boards: 2,
  watts: null,
  text: [0, 1].map((core) =>
    line('neuroncore_utilization_ratio', { neuroncore: core, instance_type: 'trn1.2xlarge' }, 0.4),
  ),
})

const mig = (instance: number, profile: string, more: Labels = {}): Labels => ({
  gpu: 0,
  UUID: 'GPU-mig-0',
  pci_bus_id: '00000000:17:00.0',
  device: 'nvidia0',
  modelName: 'NVIDIA A100-SXM4-40GB',
  GPU_I_PROFILE: profile,
  GPU_I_ID: instance,
  Hostname: 'mig-1',
  ...more,
})

const MIG = made('dcgm-exporter 3.3.7: a card in instances, each with the watts of all', 9402, {
  kind: 'gpu',
  vendor: 'nvidia',
  node: 'mig-1',
  boards: 1,
  watts: 280,
  text: [
    mig(1, '3g.20gb', { namespace: 'ml', pod: 'mig-a', container: 'a' }),
    mig(5, '2g.10gb', { namespace: 'ml', pod: 'mig-b', container: 'b' }),
    mig(9, '1g.5gb'),
    mig(10, '1g.5gb'),
  ].flatMap((labels) => lines(labels, { DCGM_FI_DEV_POWER_USAGE: 280, DCGM_FI_DEV_FB_USED: 1000 })),
})

const sliced = (more: Labels): Labels => ({
  gpu: 0,
  UUID: 'GPU-ts-0',
  modelName: 'NVIDIA L40S',
  hostname: 'ts-1',
  ...more,
})

const SLICED = made('dcgm-exporter after 4.5.3: hostname, and turns of one card', 9403, {
  kind: 'gpu',
  vendor: 'nvidia',
  node: 'ts-1',
  boards: 1,
  watts: 240,
  pods: { 'ts-a': 120, 'ts-b': 120 },
  text: ['ts-a', 'ts-b'].flatMap((pod, vgpu) =>
    lines(sliced({ namespace: 'ml', pod, container: 'c', vgpu }), {
      DCGM_FI_DEV_POWER_USAGE: 240,
    }),
  ),
})

const OLD_DCGM = made('dcgm-exporter of version 1, with blank values', 9404, {
  kind: 'gpu',
  vendor: 'nvidia',
  node: 'old-gpu-1',
  boards: 2,
  watts: 71,
  text: [0, 1].flatMap((gpu) =>
    lines(
      { gpu, uuid: `GPU-old-${gpu}`, pod_name: '', pod_namespace: '', container_name: '' },
      {
        dcgm_power_usage: gpu === 0 ? 71 : 9_223_372_036_854_775_794,
        dcgm_gpu_temp: 36,
        dcgm_total_energy_consumption: 5e9,
      },
    ),
  ),
})

const rbln = (card: number, more: Labels): Labels => ({
  card: 'RBLN-CA22',
  name: `rbln${card}`,
  uuid: `rb-${more['hostname'] ?? ''}-${card}`,
  deviceID: card,
  ...more,
})

const RBLN_OLD = made('Rebellions 0.2.0: GiB, watts, an empty pod', 9091, {
  kind: 'npu',
  vendor: 'rebellions',
  node: 'rbln-1',
  boards: 2,
  watts: 43.5 + 21,
  text: [0, 1].flatMap((card) =>
    lines(rbln(card, { hostname: 'rbln-1', namespace: '', pod: '', container: '' }), {
      'RBLN_DEVICE_STATUS:CARD_POWER': card === 0 ? 43.5 : 21,
      'RBLN_DEVICE_STATUS:TEMPERATURE': 39,
      'RBLN_DEVICE_STATUS:DRAM_TOTAL': 15.71875,
      'RBLN_DEVICE_STATUS:HEALTH': 0,
    }),
  ),
})

const RBLN_RAW = made('Rebellions as the interface gives it: µW and m°C', 9092, {
  kind: 'npu',
  vendor: 'rebellions',
  node: 'rbln-2',
  boards: 1,
  watts: 58.3,
  text: lines(rbln(0, { hostname: 'rbln-2' }), {
    'RBLN_DEVICE_STATUS:CARD_POWER': 58_300_000,
    'RBLN_DEVICE_STATUS:TEMPERATURE': 41_250,
    'RBLN_DEVICE_STATUS:DRAM_TOTAL': 16_877_879_296,
    'RBLN_DEVICE_STATUS:HEALTH': 1,
  }),
})

const RBLN_BOTH = made('Rebellions 0.2.4: new names beside their aliases', 9093, {
  kind: 'npu',
  vendor: 'rebellions',
  node: 'rbln-3',
  boards: 1,
  watts: 62,
  text: lines(rbln(0, { hostname: 'rbln-3' }), {
    rbln_npu_power: 62,
    'RBLN_DEVICE_STATUS:CARD_POWER': 62,
    rbln_npu_temperature: 44,
    rbln_npu_health: 0,
    rbln_npu_power_state: 14,
  }),
})

const npu = (core: string, more: Labels = {}): Labels => ({
  arch: 'rngd',
  core,
  device: 'npu0',
  uuid: 'FUR-0',
  kubernetes_node_name: 'fur-1',
  ...more,
})

const FURIOSA_OLD = made('Furiosa 0.0.12: kubernetes_node_name, a divided card', 6254, {
  kind: 'npu',
  vendor: 'furiosa',
  node: 'fur-1',
  boards: 1,
  watts: 47,
  text: [
    npu('0-7', { label: 'rms' }),
    npu('0-3', { label: 'rms', namespace: 'ml', pod: 'fur-a', container: 'a' }),
    npu('4-7', { label: 'rms', namespace: 'ml', pod: 'fur-b', container: 'b' }),
  ].map((labels) => line('furiosa_npu_hw_power', labels, 47)),
})

const amd = (gpu: number, more: Labels = {}): Labels => ({
  gpu_id: gpu,
  gpu_partition_id: 0,
  gpu_compute_partition_type: 'spx',
  serial_number: `PCB-${gpu}`,
  card_model: 'Instinct MI300X',
  hostname: 'amd-1',
  ...more,
})

const AMD_CPX = made('AMD: a divided MI300X whose partition 0 shows all, behind a prefix', 5000, {
  kind: 'gpu',
  vendor: 'amd',
  node: 'amd-1',
  boards: 1,
  watts: 512,
  text: [0, 1, 2, 3].flatMap((part) =>
    lines(
      amd(part, {
        gpu_partition_id: part,
        gpu_compute_partition_type: 'cpx',
        serial_number: 'PCB-9',
      }),
      {
        amd_gpu_package_power: part === 0 ? 512 : 0,
        amd_gpu_average_package_power: 0,
        amd_gpu_gfx_activity: 20 * part,
      },
    ),
  ),
})

const AMD_MI200 = made('AMD: MI200 has its watts under the average', 5001, {
  kind: 'gpu',
  vendor: 'amd',
  node: 'amd-2',
  boards: 1,
  watts: 187,
  text: lines(
    amd(0, { hostname: 'amd-2', serial_number: 'PCB-20', card_model: 'Instinct MI210' }),
    {
      gpu_average_package_power: 187,
      gpu_power_usage: 187,
      gpu_edge_temperature: 41,
    },
  ),
})

const GAUDI_OPENSHIFT = made('Gaudi by the OpenShift exporter: milliwatts under watts', 41612, {
  kind: 'npu',
  vendor: 'intel',
  node: 'gaudi-1',
  boards: 1,
  watts: 412.5,
  text: lines(
    { Serial: 'AM01', UUID: '01P0-1', device: 'accel0', id: 0 },
    { accelerator_power_usage_watts: 412_500, accelerator_temperature_celcius: 47 },
  ),
})

const XPUM = made('XPU Manager 1.3: a device, its tiles and its card under one name', 29999, {
  kind: 'gpu',
  vendor: 'intel',
  node: 'xpu-1',
  boards: 1,
  watts: 301,
  text: [{}, { sub_dev: '0' }, { sub_dev: '1' }].map((part, index) =>
    line(
      'xpum_power_watts',
      { uuid: 'XPU-0', dev_name: 'Max 1100', node: 'xpu-1', src: 'direct', ...part },
      index === 0 ? 301 : 150,
    ),
  ),
})

const ASCEND_OLD = made('Ascend 3.0: a die without an id, and chips of two dies', 8082, {
  kind: 'npu',
  vendor: 'huawei',
  node: 'asc-1',
  boards: 2,
  watts: 92.5 + 93,
  text: [0, 1].flatMap((id) =>
    lines(
      { id, model_name: '910B3', vdie_id: '', pcie_bus_info: `0000:C${id}:00.0` },
      {
        npu_chip_info_power: id === 0 ? 92.5 : 93,
        npu_chip_info_utilization: 0,
        npu_chip_info_health_status: 1,
      },
    ),
  ),
})

/** Every machine of ours. */
export const OWN_SAMPLES: readonly OwnSample[] = [
  CAMBRICON,
  TPU,
  METAX,
  METAX_WAYS,
  MTHREADS,
  MTHREADS_DCGM,
  HYGON,
  ILUVATAR,
  ENFLAME,
  KUNLUNXIN,
  NEURON,
  MIG,
  SLICED,
  OLD_DCGM,
  RBLN_OLD,
  RBLN_RAW,
  RBLN_BOTH,
  FURIOSA_OLD,
  AMD_CPX,
  AMD_MI200,
  GAUDI_OPENSHIFT,
  XPUM,
  ASCEND_OLD,
]

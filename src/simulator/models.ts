/** What a model of accelerator is like. Powers in watts, memory in MiB, clocks in MHz. */
export interface DeviceModel {
  readonly vendor: 'nvidia' | 'furiosa' | 'rebellions'
  /** As the vendor's exporter prints it. */
  readonly name: string
  readonly powerLimitWatts: number
  readonly idleWatts: number
  readonly memoryMb: number
  /** Neither used nor free. */
  readonly reservedMb: number
  /** Whether the memory has a temperature sensor. */
  readonly memorySensor: boolean
  readonly idleClockMhz: number
  readonly fullClockMhz: number
  readonly memoryClockMhz: number
}

const HBM = { memorySensor: true, idleClockMhz: 345, reservedMb: 480 } as const
const NVIDIA = { vendor: 'nvidia', ...HBM } as const

/** The models that a machine can hold. */
export const MODELS = {
  h100: {
    ...NVIDIA,
    name: 'NVIDIA H100 80GB HBM3',
    powerLimitWatts: 700,
    idleWatts: 70,
    memoryMb: 81_559,
    fullClockMhz: 1980,
    memoryClockMhz: 2619,
  },
  h200: {
    ...NVIDIA,
    name: 'NVIDIA H200',
    powerLimitWatts: 700,
    idleWatts: 76,
    memoryMb: 143_771,
    fullClockMhz: 1980,
    memoryClockMhz: 3201,
  },
  a100: {
    ...NVIDIA,
    name: 'NVIDIA A100-SXM4-40GB',
    powerLimitWatts: 400,
    idleWatts: 52,
    memoryMb: 40_960,
    fullClockMhz: 1410,
    memoryClockMhz: 1215,
  },
  l40s: {
    ...NVIDIA,
    name: 'NVIDIA L40S',
    powerLimitWatts: 350,
    idleWatts: 33,
    memoryMb: 46_068,
    memorySensor: false,
    fullClockMhz: 2520,
    memoryClockMhz: 9001,
  },
  rngd: {
    vendor: 'furiosa',
    name: 'rngd',
    powerLimitWatts: 180,
    idleWatts: 38,
    memoryMb: 49_152,
    reservedMb: 0,
    memorySensor: false,
    idleClockMhz: 500,
    fullClockMhz: 1750,
    memoryClockMhz: 0,
  },
  atom: {
    vendor: 'rebellions',
    name: 'RBLN-CA25',
    powerLimitWatts: 130,
    idleWatts: 22,
    memoryMb: 16_096,
    reservedMb: 0,
    memorySensor: false,
    idleClockMhz: 400,
    fullClockMhz: 1000,
    memoryClockMhz: 0,
  },
} as const satisfies Readonly<Record<string, DeviceModel>>

export type ModelName = keyof typeof MODELS

/** A server without its accelerators. Powers in watts at the outputs of its power supplies. */
export interface Machine {
  readonly cores: number
  readonly memoryBytes: number
  readonly cpuIdleWatts: number
  /** What full load of all cores adds. */
  readonly cpuDynamicWatts: number
  readonly dramIdleWatts: number
  readonly dramDynamicWatts: number
  /** Board, disks and network: always the same. */
  readonly baseWatts: number
  readonly fanIdleWatts: number
  /** Fan watts for each watt that CPU and accelerators turn into heat. */
  readonly fanShare: number
  /** Output of the power supplies divided by their input. */
  readonly supplyEfficiency: number
}

const GIB = 2 ** 30

/** The servers that a cluster is built of, by role. */
export const MACHINES = {
  gpu: {
    cores: 224,
    memoryBytes: 2048 * GIB,
    cpuIdleWatts: 180,
    cpuDynamicWatts: 520,
    dramIdleWatts: 48,
    dramDynamicWatts: 60,
    baseWatts: 310,
    fanIdleWatts: 160,
    fanShare: 0.08,
    supplyEfficiency: 0.95,
  },
  npu: {
    cores: 128,
    memoryBytes: 1024 * GIB,
    cpuIdleWatts: 130,
    cpuDynamicWatts: 380,
    dramIdleWatts: 30,
    dramDynamicWatts: 36,
    baseWatts: 120,
    fanIdleWatts: 60,
    fanShare: 0.06,
    supplyEfficiency: 0.94,
  },
  cpu: {
    cores: 96,
    memoryBytes: 512 * GIB,
    cpuIdleWatts: 90,
    cpuDynamicWatts: 310,
    dramIdleWatts: 18,
    dramDynamicWatts: 24,
    baseWatts: 60,
    fanIdleWatts: 25,
    fanShare: 0.05,
    supplyEfficiency: 0.93,
  },
  hypervisor: {
    cores: 128,
    memoryBytes: 512 * GIB,
    cpuIdleWatts: 110,
    cpuDynamicWatts: 380,
    dramIdleWatts: 20,
    dramDynamicWatts: 28,
    baseWatts: 75,
    fanIdleWatts: 30,
    fanShare: 0.05,
    supplyEfficiency: 0.93,
  },
  control_plane: {
    cores: 32,
    memoryBytes: 128 * GIB,
    cpuIdleWatts: 45,
    cpuDynamicWatts: 120,
    dramIdleWatts: 8,
    dramDynamicWatts: 8,
    baseWatts: 35,
    fanIdleWatts: 12,
    fanShare: 0.04,
    supplyEfficiency: 0.92,
  },
} as const satisfies Readonly<Record<string, Machine>>

/** What a node is for. */
export type Role = keyof typeof MACHINES

/** A MIG profile: its share of the card in sevenths, its memory in MiB, and the instance ids it can have. */
export interface MigProfile {
  readonly slices: number
  readonly memoryMb: number
  readonly instanceIds: readonly number[]
}

const ONE = [7, 8, 9, 10, 11, 12, 13]
const TWO = [3, 5, 6]
const THREE = [2, 1]

/** The profiles of A100 40GB and H100 80GB, by the names that DCGM prints. */
export const MIG_PROFILES = {
  '1g.5gb': { slices: 1, memoryMb: 4864, instanceIds: ONE },
  '2g.10gb': { slices: 2, memoryMb: 9856, instanceIds: TWO },
  '3g.20gb': { slices: 3, memoryMb: 19_968, instanceIds: THREE },
  '1g.10gb': { slices: 1, memoryMb: 9984, instanceIds: ONE },
  '2g.20gb': { slices: 2, memoryMb: 20_096, instanceIds: TWO },
  '3g.40gb': { slices: 3, memoryMb: 40_448, instanceIds: THREE },
} as const satisfies Readonly<Record<string, MigProfile>>

export type MigProfileName = keyof typeof MIG_PROFILES

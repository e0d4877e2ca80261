import type { Device } from '../datacentre.ts'
import { fraction } from '../hash.ts'
import { SIX_DECIMALS, WHOLE } from '../numbers.ts'
import type { Metric } from '../series.ts'
import {
  boardWatts,
  coreClockMhz,
  countedJoules,
  deviceBusy,
  deviceMemoryMb,
  dieCelsius,
  memoryCelsius,
  seatBusy,
  seatMemoryMb,
} from '../truth.ts'
import type { DcgmRow } from './dcgm-rows.ts'

/** A field of DCGM: which rows it has, and its value. */
export interface DcgmMetric extends Metric {
  /** `card`: the common rows. `process`: also by pod on shared cards. `error`: the common rows, by error code. */
  readonly rows: 'card' | 'process' | 'error'
  /** Not supported on a card in MIG mode. */
  readonly notOnMig?: boolean
  /** Only where the deployment asks for it. */
  readonly extra?: boolean
  at(row: DcgmRow, seconds: number): number
}

const gauge = (name: string, help: string, at: DcgmMetric['at']): DcgmMetric => ({
  name,
  help,
  type: 'gauge',
  form: WHOLE,
  rows: 'card',
  at,
})
const counter = (name: string, help: string, at: DcgmMetric['at']): DcgmMetric => ({
  ...gauge(name, help, at),
  type: 'counter',
})
const decimal = (name: string, help: string, at: DcgmMetric['at']): DcgmMetric => ({
  ...gauge(name, help, at),
  form: SIX_DECIMALS,
})

/** Activity of what the row stands for: an instance, or the whole card. */
function active({ device, seat }: DcgmRow, seconds: number): number {
  if (seat === undefined || device.sharing !== 'mig') return deviceBusy(device, seconds)
  return seatBusy(device, seat, seconds)
}

/** Percent of the card's time: a pod that shares it shows its own part. */
function utilisation({ device, seat }: DcgmRow, seconds: number): number {
  if (seat === undefined) return 100 * deviceBusy(device, seconds)
  return 100 * seat.share * seatBusy(device, seat, seconds)
}

function usedMb({ device, seat }: DcgmRow, seconds: number): number {
  return seat === undefined ? deviceMemoryMb(device, seconds) : seatMemoryMb(seat, seconds)
}

const totalMb = ({ device, seat }: DcgmRow): number =>
  seat === undefined ? device.model.memoryMb : seat.memoryMb

/** Instances hold nothing back. */
const reservedMb = ({ device, seat }: DcgmRow): number =>
  seat === undefined ? device.model.reservedMb : 0

/** Free memory of the card, or of a MIG instance; on a shared card that of the card. */
function freeMb(row: DcgmRow, seconds: number): number {
  const part = row.device.sharing === 'sliced' ? { ...row, seat: undefined } : row
  return totalMb(part) - reservedMb(part) - usedMb(part, seconds)
}

const MONTH = 2_592_000
const FIRST_ERROR = Date.UTC(2026, 0, 1) / 1000

/** Correctable errors so far: one a month, on a few cards. */
function correctedRows({ device }: DcgmRow, seconds: number): number {
  if (fraction(device.seed, 3) > 0.1) return 0
  return Math.max(0, Math.floor((seconds - FIRST_ERROR) / MONTH))
}

const linkLoad = (device: Device, seconds: number): number =>
  deviceBusy(device, seconds) * (1 + 0.2 * fraction(device.seed, 4))

/** The fields that dcgm-exporter collects by default (`etc/default-counters.csv`), and two that it can. */
export const DCGM_METRICS: readonly DcgmMetric[] = [
  gauge('DCGM_FI_DEV_SM_CLOCK', 'SM clock frequency (in MHz).', ({ device }, t) =>
    coreClockMhz(device, t),
  ),
  gauge(
    'DCGM_FI_DEV_MEM_CLOCK',
    'Memory clock frequency (in MHz).',
    ({ device }) => device.model.memoryClockMhz,
  ),
  // Cards without the sensor read 0.
  gauge(
    'DCGM_FI_DEV_MEMORY_TEMP',
    'Memory temperature (in C).',
    ({ device }, t) => memoryCelsius(device, t) ?? 0,
  ),
  gauge('DCGM_FI_DEV_GPU_TEMP', 'GPU temperature (in C).', ({ device }, t) =>
    dieCelsius(device, t),
  ),
  decimal('DCGM_FI_DEV_POWER_USAGE', 'Power draw (in W).', ({ device }, t) =>
    boardWatts(device, t),
  ),
  counter(
    'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION',
    'Total energy consumption since boot (in mJ).',
    ({ device }, t) => 1000 * countedJoules(device, t),
  ),
  counter('DCGM_FI_DEV_PCIE_REPLAY_COUNTER', 'Total number of PCIe retries.', () => 0),
  {
    ...gauge('DCGM_FI_DEV_GPU_UTIL', 'GPU utilization (in %).', utilisation),
    rows: 'process',
    notOnMig: true,
  },
  {
    ...gauge(
      'DCGM_FI_DEV_MEM_COPY_UTIL',
      'Memory utilization (in %).',
      ({ device }, t) => 60 * deviceBusy(device, t),
    ),
    notOnMig: true,
  },
  { ...gauge('DCGM_FI_DEV_ENC_UTIL', 'Encoder utilization (in %).', () => 0), notOnMig: true },
  { ...gauge('DCGM_FI_DEV_DEC_UTIL', 'Decoder utilization (in %).', () => 0), notOnMig: true },
  {
    ...gauge('DCGM_FI_DEV_XID_ERRORS', 'Value of the last XID error encountered.', () => 0),
    rows: 'error',
  },
  gauge('DCGM_FI_DEV_FB_FREE', 'Framebuffer memory free (in MiB).', freeMb),
  { ...gauge('DCGM_FI_DEV_FB_USED', 'Framebuffer memory used (in MiB).', usedMb), rows: 'process' },
  gauge('DCGM_FI_DEV_FB_RESERVED', 'Framebuffer memory reserved (in MiB).', (row) =>
    reservedMb(row.device.sharing === 'sliced' ? { ...row, seat: undefined } : row),
  ),
  counter(
    'DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL',
    'Total number of NVLink bandwidth counters for all lanes.',
    ({ device }, t) => 270_000 * linkLoad(device, t),
  ),
  gauge('DCGM_FI_DEV_VGPU_LICENSE_STATUS', 'vGPU License status', () => 0),
  counter(
    'DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS',
    'Number of remapped rows for uncorrectable errors',
    () => 0,
  ),
  counter(
    'DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS',
    'Number of remapped rows for correctable errors',
    correctedRows,
  ),
  gauge('DCGM_FI_DEV_ROW_REMAP_FAILURE', 'Whether remapping of rows has failed', () => 0),
  decimal('DCGM_FI_PROF_GR_ENGINE_ACTIVE', 'Ratio of time the graphics engine is active.', active),
  decimal(
    'DCGM_FI_PROF_PIPE_TENSOR_ACTIVE',
    'Ratio of cycles the tensor (HMMA) pipe is active.',
    (row, t) => 0.42 * active(row, t),
  ),
  decimal(
    'DCGM_FI_PROF_DRAM_ACTIVE',
    'Ratio of cycles the device memory interface is active sending or receiving data.',
    (row, t) => 0.5 * active(row, t),
  ),
  gauge(
    'DCGM_FI_PROF_PCIE_TX_BYTES',
    'The rate of data transmitted over the PCIe bus - including both protocol headers and data payloads - in bytes per second.',
    ({ device }, t) => 120e6 * linkLoad(device, t),
  ),
  gauge(
    'DCGM_FI_PROF_PCIE_RX_BYTES',
    'The rate of data received over the PCIe bus - including both protocol headers and data payloads - in bytes per second.',
    ({ device }, t) => 100e6 * linkLoad(device, t),
  ),
  {
    ...decimal(
      'DCGM_FI_DEV_POWER_MGMT_LIMIT',
      'Power management limit (in W).',
      ({ device }) => device.model.powerLimitWatts,
    ),
    extra: true,
  },
  {
    ...gauge('DCGM_FI_DEV_FB_TOTAL', 'Total framebuffer memory (in MiB).', (row) =>
      totalMb(row.device.sharing === 'sliced' ? { ...row, seat: undefined } : row),
    ),
    extra: true,
  },
]

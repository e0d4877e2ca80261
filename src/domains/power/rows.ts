import type { PowerParts } from '../../analysis/power/figures.ts'

/** The parts of some watts as these routes name them. */
export function partRow(parts: PowerParts) {
  return {
    cpu_power_watts: parts.cpu_watts,
    dram_power_watts: parts.dram_watts,
    gpu_power_watts: parts.gpu_watts,
    npu_power_watts: parts.npu_watts,
    other_power_watts: parts.other_watts,
  }
}

/** An answer at the time of its question. */
export function head(at: Date) {
  return { timestamp: at, unit: 'watts' as const }
}

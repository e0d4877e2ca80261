import type { Accelerator } from './wire.ts'

export type Measure = 'utilization_percent' | 'temperature_celsius' | 'power_watts'
export const MEASURES = ['utilization_percent', 'temperature_celsius', 'power_watts'] as const

/** The ends of the scale of a measure. */
export interface Scale {
  readonly least: number
  readonly most: number
}

export function scaleOf(devices: readonly Accelerator[], measure: Measure): Scale {
  if (measure === 'utilization_percent') return { least: 0, most: 100 }
  if (measure === 'temperature_celsius') return { least: 20, most: 95 }
  const most = devices.reduce((top, device) => Math.max(top, device.power_watts ?? 0), 0)
  return { least: 0, most: Math.max(100, Math.ceil(most / 100) * 100) }
}

// From dark to light in even steps of lightness, so that the order can be seen without colours: after viridis.
const STOPS = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
] as const

/** How many colours there are: few, so that the cells of one can be drawn together. */
export const SHADES = 24

/** The colours from least to most. */
export const COLOURS: readonly string[] = Array.from({ length: SHADES }, (_, place) => {
  const at = (place / (SHADES - 1)) * (STOPS.length - 1)
  const [from, to] = [STOPS[Math.floor(at)], STOPS[Math.ceil(at)]]
  const mixed = [0, 1, 2].map((part) => {
    const start = from?.[part] ?? 0
    return Math.round(start + ((to?.[part] ?? 0) - start) * (at % 1))
  })
  return `rgb(${mixed.join(' ')})`
})

/** Which of the colours a figure has; -1 for one that is not reported. */
export function shadeOf(value: number | null, { least, most }: Scale): number {
  if (value === null) return -1
  const part = (value - least) / (most - least)
  return Math.max(0, Math.min(SHADES - 1, Math.floor(part * SHADES)))
}

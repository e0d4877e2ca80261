import type { PartName, Use } from '../../../analysis/report/report.ts'

/** The ink of a report. Series are told apart by people who do not see red and green alike (Okabe and Ito, 2008). */
export const COLOURS = {
  ink: '#1B2733',
  soft: '#5B6B7A',
  faint: '#93A1AE',
  rule: '#DCE3E9',
  band: '#F3F6F9',
  navy: '#10304D',
  accent: '#0072B2',
  previous: '#9AA7B4',
  warning: '#D55E00',
  warningBand: '#FDF1E9',
} as const

export const PART_COLOURS: Readonly<Record<PartName, string>> = {
  gpu: '#0072B2',
  npu: '#56B4E9',
  cpu: '#E69F00',
  dram: '#CC79A7',
  other: '#B8C2CC',
}

export const USE_COLOURS: Readonly<Record<Use, string>> = {
  active: '#0072B2',
  allocated_idle: '#D55E00',
  unallocated: '#F0C05A',
  not_reported: '#B8C2CC',
}

export const LINE_COLOURS = ['#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9'] as const

import { cut, table } from './table.ts'
import type { Snapshot } from './top-read.ts'

/** The size of what is drawn on. */
export interface Size {
  readonly columns: number
  readonly rows: number
}

/** The live view as text, no larger than the terminal. `failure` says why it is not newer. */
export function screenText(shot: Snapshot, size: Size, failure: string | null = null): string {
  const head = [
    ...(failure === null ? [] : [`NOT NEWER THAN ${shot.meta.observed_at}: ${failure}`]),
    totalLine(shot),
    partsLine(shot),
    '',
    ...clusterLines(shot),
    '',
  ]
  const warnings = warningLines(shot)
  const left = Math.max(1, size.rows - head.length - warnings.length - 2)
  const lines = [...head, ...rowLines(shot, left), ...warnings]
  return lines.map((line) => cut(line, size.columns)).join('\n')
}

function totalLine({ power, meta }: Snapshot): string {
  const { known, measured, estimated } = power.nodes
  const coverage = power.coverage === null ? '-' : `${(power.coverage * 100).toFixed(1)} %`
  return `${wattsOf(power.total_power_watts)}  coverage ${coverage}  nodes ${known}: ${measured} measured, ${estimated} estimated  ${meta.status}  ${meta.observed_at}`
}

function partsLine({ power }: Snapshot): string {
  return Object.entries(power.parts)
    .map(([part, watts]) => `${part.replace(/_watts$/, '')} ${wattsOf(watts)}`)
    .join('  ')
}

function clusterLines({ power, meta }: Snapshot): readonly string[] {
  const rows = meta.clusters.map(({ name, status }) => {
    const own = power.by_cluster.find(({ cluster }) => cluster === name)
    return [name, status, wattsOf(own?.total_power_watts ?? null).padStart(12)]
  })
  return table([['CLUSTER', 'STATUS', 'POWER'.padStart(12)], ...rows]).split('\n')
}

function rowLines({ rows, by }: Snapshot, most: number): readonly string[] {
  const shown = rows.slice(0, Math.max(0, most - 1)).map((row) => [
    Object.values(row.key)
      .filter((part) => part !== null)
      .join('/'),
    wattsOf(row.power_watts).padStart(12),
    (row.percentage === null ? '-' : `${row.percentage.toFixed(1)} %`).padStart(8),
    row.method ?? '-',
  ])
  const title = [by.toUpperCase(), 'POWER'.padStart(12), 'SHARE'.padStart(8), 'METHOD']
  return table([title, ...shown]).split('\n')
}

const MOST_WARNINGS = 4

function warningLines({ meta }: Snapshot): readonly string[] {
  const { warnings } = meta
  if (warnings.length === 0) return []
  const shown = warnings.slice(0, MOST_WARNINGS)
  const more = warnings.length - shown.length
  return [
    '',
    ...shown.map(({ code, cluster, detail }) => `! ${cluster ?? ''} ${code}: ${detail}`),
    ...(more === 0 ? [] : [`! and ${more} more warnings`]),
  ]
}

/** Watts for people; - for what nobody reports. */
export function wattsOf(watts: number | null): string {
  if (watts === null) return '-'
  if (Math.abs(watts) >= 1e6) return `${(watts / 1e6).toFixed(2)} MW`
  return Math.abs(watts) >= 1e4 ? `${(watts / 1e3).toFixed(2)} kW` : `${watts.toFixed(1)} W`
}

import { groupBy } from '../../analysis/power/group.ts'
import type { Warning } from '../../kernel/answer.ts'
import type { Reading } from '../telemetry/index.ts'
import type { FleetRows } from './parts.ts'

const MOST_NAMED = 5

/** Boards that were known within the hour and report no power now: their watts are missing from the totals. */
export function silentWarnings(rows: FleetRows): readonly Warning[] {
  return (['gpu', 'npu'] as const).flatMap((kind) => {
    const speaking = new Set(
      rows[`${kind}_power`]
        .filter(({ values }) => values.power_watts !== undefined)
        .map((row) => nameOf(row)),
    )
    const silent = rows[`${kind}s`].filter((row) => !speaking.has(nameOf(row)))
    return [...groupBy(silent, ({ cluster }) => cluster)].map(([cluster, group]) => ({
      code: 'silent_entities' as const,
      cluster,
      detail: detailOf(kind, [...new Set(group.map((row) => boardOf(row)))]),
    }))
  })
}

const boardOf = ({ vendor, labels }: Reading): string =>
  labels.uuid ?? `${labels.node ?? ''}:${vendor ?? ''}:${labels.device_index ?? ''}`

const nameOf = (row: Reading): string => `${row.cluster}/${boardOf(row)}`

function detailOf(kind: 'gpu' | 'npu', names: readonly string[]): string {
  const word = `${kind.toUpperCase()}${names.length === 1 ? ' reports' : 's report'}`
  const more = names.length > MOST_NAMED ? ', …' : ''
  return `${names.length} known ${word} no power now: ${names.slice(0, MOST_NAMED).join(', ')}${more}`
}

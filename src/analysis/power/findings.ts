import type { Warning } from '../../kernel/answer.ts'
import { compareText, groupBy, keyOf } from './group.ts'

/** Something that a reader of the figures has to know, about one thing. */
export interface Finding {
  readonly code: 'implausible_values' | 'inconsistent_sources'
  readonly cluster: string
  /** What was seen, with its series: `dcmi of gpu-worker-1 reads NaN`. */
  readonly detail: string
  /** The size of a disagreement; null for a value that was left out. */
  readonly size_watts: number | null
}

/** How many findings a warning spells out. */
const MOST_NAMED = 3

/** One warning for each cluster and code: how often, and the first few in words, the largest first. */
export function warningsOf(findings: readonly Finding[]): readonly Warning[] {
  const groups = groupBy(findings, ({ cluster, code }) => keyOf(cluster, code))
  return [...groups.values()].map((group) => ({
    code: group[0].code,
    cluster: group[0].cluster,
    detail: detailOf(group[0].code, group),
  }))
}

function detailOf(code: Finding['code'], group: readonly Finding[]): string {
  const details = [...group].sort(byWeight).map(({ detail }) => detail)
  const more = details.length > MOST_NAMED ? '; …' : ''
  return `${headingOf(code, group.length)}: ${details.slice(0, MOST_NAMED).join('; ')}${more}`
}

function byWeight(a: Finding, b: Finding): number {
  const size = (b.size_watts ?? 0) - (a.size_watts ?? 0)
  return size === 0 ? compareText(a.detail, b.detail) : size
}

function headingOf(code: Finding['code'], count: number): string {
  const things = code === 'implausible_values' ? 'value' : 'contradiction'
  const heading = `${count} ${things}${count === 1 ? '' : 's'}`
  return code === 'implausible_values' ? `${heading} left out` : heading
}

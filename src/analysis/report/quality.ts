import { isComplete } from '../../kernel/answer.ts'
import { compareText } from '../power/group.ts'
import type { ReportEvidence, WholeEvidence } from './evidence.ts'
import { dateOf, firstOf } from './figures.ts'
import type { NodeTally } from './power-tally.ts'
import type { Gap, QualityRow, QualitySection } from './report.ts'

/** How many gaps and nodes are listed. */
const MOST_LISTED = 50

/** What is missing from the figures, and what they do without. */
export function qualitySection(evidence: ReportEvidence): QualitySection {
  const { periods, current, clusters, warnings } = evidence
  const seconds = (periods.period.end.getTime() - periods.period.start.getTime()) / 1000
  const covered = current.power.steps
    .filter(({ watts }) => watts !== null)
    .reduce((sum, step) => sum + step.seconds, 0)
  const nodes = [...current.power.nodes.values()]
  return {
    status: isComplete(evidence) ? 'complete' : 'partial',
    window_seconds: seconds,
    covered_seconds: covered,
    time_coverage: covered / seconds,
    ...nodeCoverage(current),
    silent_clusters: clusters
      .filter(({ status }) => status !== 'ok' && status !== 'partial')
      .map(({ name }) => name)
      .sort(),
    clusters: clusterQuality(evidence),
    gaps: gapsOf(current),
    excluded_samples: [...current.power.excluded]
      .map(([cluster, { count, example }]) => ({ cluster, count, example }))
      .sort((a, b) => compareText(a.cluster, b.cluster)),
    estimated_nodes: named(nodes.filter(({ isEstimated, seconds: s }) => isEstimated && s > 0)),
    unmeasured_nodes: named(nodes.filter(({ seconds: s }) => s === 0)),
    warnings,
  }
}

const named = (nodes: readonly NodeTally[]) =>
  nodes
    .map(({ cluster, node }) => ({ cluster, node }))
    .sort((a, b) => firstOf(compareText(a.cluster, b.cluster), compareText(a.node, b.node)))
    .slice(0, MOST_LISTED)

function nodeCoverage({
  power,
}: WholeEvidence): Pick<QualitySection, 'node_coverage' | 'least_node_coverage'> {
  const told = power.steps.flatMap(({ coverage, seconds }) =>
    coverage === null ? [] : [{ coverage, seconds }],
  )
  if (told.length === 0) return { node_coverage: null, least_node_coverage: null }
  const seconds = told.reduce((sum, step) => sum + step.seconds, 0)
  return {
    node_coverage: told.reduce((sum, step) => sum + step.coverage * step.seconds, 0) / seconds,
    least_node_coverage: told.reduce((least, { coverage }) => Math.min(least, coverage), 1),
  }
}

function clusterQuality({ clusters, current: { power } }: ReportEvidence): readonly QualityRow[] {
  return clusters.map(({ name, status }) => {
    const tally = power.clusters.get(name)
    return {
      cluster: name,
      status,
      covered_seconds: tally?.seconds ?? 0,
      coverage:
        tally === undefined || tally.nodeSeconds === 0
          ? null
          : tally.coverageSeconds / tally.nodeSeconds,
    }
  })
}

/** The times in which nothing at all was measured. */
function gapsOf({ power }: WholeEvidence): readonly Gap[] {
  const gaps: { start: Date; end: Date }[] = []
  for (const { until, seconds, watts } of power.steps) {
    if (watts !== null) continue
    const start = dateOf(until - seconds)
    const last = gaps[gaps.length - 1]
    if (last?.end.getTime() === start.getTime()) last.end = dateOf(until)
    else gaps.push({ start, end: dateOf(until) })
  }
  return gaps.slice(0, MOST_LISTED)
}

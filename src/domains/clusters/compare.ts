import { accountPower } from '../../analysis/power/account.ts'
import { attributePower } from '../../analysis/power/attribution.ts'
import { warningsOf } from '../../analysis/power/findings.ts'
import { distinct } from '../../analysis/power/group.ts'
import { ranked } from '../../analysis/power/ranking.ts'
import { clusterTotal } from '../../analysis/power/totals.ts'
import { combine, type Answer, type ClusterReport } from '../../kernel/answer.ts'
import { coarseRange, resolveWindow, type WindowRequest } from '../../kernel/time-range.ts'
import type { Found } from '../../services/devices/index.ts'
import {
  FIGURES,
  methodOfAll,
  type Compared,
  type Figure,
  type StepTotals,
} from './compare-figures.ts'
import { COMPARE_METRICS, type CompareMetric } from './compare-metrics.ts'
import { allDevices, answered, type Asked, type Needs } from './moment.ts'

export interface CompareQuestion {
  readonly metrics: readonly CompareMetric[]
  readonly window: WindowRequest
}

/** Each step is accounted by itself: as many as a sum needs. */
const MOST_STEPS = 60

/**
 * Clusters side by side by the asked metrics. A cluster that did not answer everything has no row, so that its silence
 * is not read as a low value; it is listed as unavailable.
 */
export async function compareClusters(needs: Needs, asked: Asked, question: CompareQuestion) {
  const { metrics, window } = question
  const range = coarseRange(resolveWindow(window, asked.at), MOST_STEPS)
  const wants = (...some: CompareMetric[]) => some.some((metric) => metrics.includes(metric))
  const isOfWorkloads = wants('idle_power')
  const [read, steps, devices] = await Promise.all([
    needs.fleet.now({
      ...asked,
      workloads: isOfWorkloads || wants('efficiency'),
      details: ['load'],
    }),
    wants('energy') ? stepsOf(needs, { ...asked, range }) : NO_STEPS,
    wants('utilization', 'temperature') ? allDevices(needs, asked, 'signs') : NO_DEVICES,
  ])
  const account = accountPower(read.input)
  const attribution = isOfWorkloads ? attributePower(account, read.uses) : NO_ATTRIBUTION
  const compared: Compared = {
    account,
    ...read,
    portions: attribution.portions,
    devices: devices.rows,
    steps: steps.rows,
    stepSeconds: range.stepSeconds,
  }
  const whole = combine([read, steps, devices])
  const findings = warningsOf([...account.findings, ...attribution.findings])
  return {
    data: {
      window: wants('energy')
        ? { start: range.start, end: range.end, step_seconds: range.stepSeconds }
        : null,
      metrics: metrics.map((metric) => tableOf(metric, compared, whole.clusters)),
      unavailable: unavailableOf(whole.clusters),
    },
    observedAt: asked.at,
    clusters: whole.clusters,
    warnings: [...whole.warnings, ...findings],
  }
}

type Account = Pick<Answer<never>, 'clusters' | 'warnings'>
interface Rows<Row> extends Account {
  readonly rows: readonly Row[]
}

const NO_STEPS: Rows<StepTotals> = { rows: [], clusters: [], warnings: [] }
const NO_DEVICES: Rows<Found> = { rows: [], clusters: [], warnings: [] }
const NO_ATTRIBUTION = { portions: [], findings: [] } as const

const unavailableOf = (clusters: readonly ClusterReport[]) =>
  clusters
    .filter((report) => !answered(report))
    .map(({ name, status }) => ({ cluster: name, status }))

function tableOf(metric: CompareMetric, compared: Compared, clusters: readonly ClusterReport[]) {
  const { unit, adds } = COMPARE_METRICS[metric]
  const rows = clusters
    .filter(answered)
    .map(({ name: cluster }) => ({ cluster, ...FIGURES[metric](compared, cluster) }))
  const { total, rows: inOrder } = ranked(rows, adds)
  return { metric, unit, total, ...basisOf(rows, total), rows: inOrder }
}

/** What a total rests on; nothing where there is none. */
function basisOf(rows: readonly Figure[], total: number | null) {
  if (total === null) return { method: null, sources: [] }
  return {
    method: methodOfAll(rows.map(({ method }) => method)),
    sources: distinct(rows.flatMap(({ sources }) => sources)),
  }
}

/** The totals of each cluster at every step of the window. */
async function stepsOf(
  { fleet }: Needs,
  question: Asked & { readonly range: ReturnType<typeof resolveWindow> },
): Promise<Rows<StepTotals>> {
  const { results, clusters, warnings } = await fleet.during(
    { ...question, workloads: false },
    ({ input }) => {
      const account = accountPower(input)
      return new Map(
        account.by_cluster.map(({ cluster }) => [cluster, clusterTotal(account, cluster)]),
      )
    },
  )
  return { rows: results, clusters, warnings }
}

import { bucketsOf } from '../../analysis/report/buckets.ts'
import { composeReport } from '../../analysis/report/compose.ts'
import type { ReportEvidence } from '../../analysis/report/evidence.ts'
import { periodsOf, type Period, type ReportPeriods } from '../../analysis/report/period.ts'
import type { ReportFigures } from '../../analysis/report/report.ts'
import { combine, isComplete, type ClusterReport } from '../../kernel/answer.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { CostTally } from '../costs/index.ts'
import type { NodeNames } from '../fleet/index.ts'
import { costSection } from './cost-section.ts'
import type { ReadNeeds, ReportQuestion } from './question.ts'
import { emptyPeriod, readBucket, type Account } from './read-period.ts'
import { readQuality } from './read-quality.ts'
import { emptyWhole, readWholeBucket } from './read-report.ts'
import type { BucketQuestion } from './read-things.ts'

/** The figures of a report, and who took part in them. */
export interface ReadReport extends Account {
  readonly figures: ReportFigures
  /** Everything that the power comes from. */
  readonly sources: readonly string[]
}

/**
 * The figures of a report. Rejects with `invalid_request` for periods that cannot be, and with `partial_refused`
 * where the question wants all clusters and one is silent. A cluster that fails at any time is in no figure.
 */
export async function readReport(
  needs: ReadNeeds,
  question: ReportQuestion,
  now: Date,
): Promise<ReadReport> {
  const periods = periodsOf(question, now)
  const first = await readAll(needs, question, periods)
  const silent = first.account.clusters.filter(isSilent)
  if (silent.length === 0) return finished(needs, question, { ...first, periods })
  // Its figures end somewhere: what all of the period is said to be must be so of every cluster in it.
  const heard = first.account.clusters.filter((cluster) => !isSilent(cluster))
  const again = { ...question, clusters: heard.map(({ name }) => name) }
  const second = await readAll(needs, again, periods)
  const account = combine([first.account, second.account])
  return finished(needs, again, { ...second, account, periods })
}

const isSilent = ({ status }: ClusterReport): boolean => status !== 'ok' && status !== 'partial'

type Read = Pick<ReportEvidence, 'current'> & {
  readonly account: Account
  readonly names: NodeNames
  readonly costs: CostTally
}

async function readAll(
  needs: ReadNeeds,
  question: ReportQuestion,
  periods: ReportPeriods,
): Promise<Read> {
  const { period } = periods
  const { clusters, signal } = question
  const names = await needs.fleet.names({ clusters, at: period.end, signal })
  const buckets = bucketsOf(period)
  const current = emptyWhole(buckets)
  const costs = await costsOf(needs, question, period)
  const within = withinOf(periods)
  let account: Account = names
  for (const bucket of buckets) {
    refuse(question, account)
    const asked: BucketQuestion = { bucket, within, clusters, signal }
    question.onStep?.()
    account = combine([
      account,
      await readWholeBucket(needs, asked, { into: current, costs, names }),
    ])
  }
  refuse(question, account)
  return { current, account, names, costs }
}

/** An account of what a period costs, in the steps that its energy is told in. */
function costsOf(
  { costs }: ReadNeeds,
  { clusters, signal }: ReportQuestion,
  period: Period,
): Promise<CostTally> {
  const { start, end } = period
  const [{ stepSeconds } = { stepSeconds: 900 }] = bucketsOf(period)
  return costs.along({
    clusters,
    signal,
    at: end,
    start,
    end,
    stepSeconds,
    idle: 'separate',
    workloads: false,
  })
}

const LOOKS = 100

/** All that is read, from the period before on, with some looks at which sources there were. */
function withinOf({ period: { end }, previous: { start } }: ReportPeriods): TimeRange {
  const seconds = (end.getTime() - start.getTime()) / 1000
  return { start, end, stepSeconds: Math.max(3600, Math.ceil(seconds / LOOKS)) }
}

/** With `deny` the first cluster that is silent ends it: the rest would be read for nothing. */
function refuse({ partial }: ReportQuestion, account: Account): void {
  if (partial === 'allow' || isComplete(account)) return
  const silent = account.clusters.filter(({ status }) => status !== 'ok')
  const names = silent.map(({ name, status }) => `${name} (${status})`)
  throw new KCloudError('partial_refused', {
    detail: `no complete answer from ${names.join(', ')}; partial=allow gives what there is`,
  })
}

async function finished(
  needs: ReadNeeds,
  question: ReportQuestion,
  { current, account, names, costs, periods }: Read & Pick<ReportEvidence, 'periods'>,
): Promise<ReadReport> {
  const { clusters, signal } = question
  const buckets = bucketsOf(periods.previous)
  const previous = emptyPeriod(buckets)
  const costsBefore = await costsOf(needs, question, periods.previous)
  const before: Account[] = []
  const within = withinOf(periods)
  for (const bucket of buckets) {
    const asked = { bucket, within, clusters, signal }
    question.onStep?.()
    before.push(
      (await readBucket(needs, asked, { into: previous, costs: costsBefore, names })).account,
    )
  }
  const quality = await readQuality(needs, question, periods.period)
  const cost = await costs.end(account)
  const costBefore = await costsBefore.end(combine(before))
  const rates = { clusters: cost.clusters, warnings: cost.aboutRates }
  const whole = combine([account, ...before, quality, rates, { ...costBefore, warnings: [] }])
  refuse(question, whole)
  const figures = composeReport({
    template: question.template,
    periods,
    current,
    previous,
    ...whole,
    assumedPue: needs.assumedPue,
    cost: costSection(cost, costBefore),
  })
  return { figures, sources: [...current.power.sources].sort(), ...whole }
}

import { stepsOf, type Bucket } from '../../analysis/report/buckets.ts'
import { addLoads, emptyLoads, type ThingSeries } from '../../analysis/report/condition-tally.ts'
import { sumWhole } from '../../analysis/power/sum.ts'
import { addStep, emptyTally } from '../../analysis/report/power-tally.ts'
import { emptyProfile, type StepTime } from '../../analysis/report/profile.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import { unixSeconds } from '../../kernel/clock.ts'
import type { CostTally } from '../costs/index.ts'
import type { NodeNames } from '../fleet/index.ts'
import type { ReadingSeries } from '../telemetry/index.ts'
import type { ReadNeeds } from './question.ts'
import { readThings, type BucketQuestion } from './read-things.ts'

/** What came of a read beside its figures. */
export type Account = Pick<Answer<never>, 'clusters' | 'warnings'>

/** A period without anything in it. */
export const emptyPeriod = (buckets: readonly Bucket[]) => ({
  buckets,
  power: emptyTally(),
  loads: { gpu: emptyLoads(), npu: emptyLoads() },
  facility: new Map<number, number>(),
  facilitySources: new Set<string>(),
})

/** The steps of a bucket. */
export function timesOf({ start, end }: Bucket, seconds: number): readonly StepTime[] {
  const first = unixSeconds(start)
  const count = Math.round((unixSeconds(end) - first) / seconds)
  return Array.from({ length: count }, (_, index) => ({
    until: first + (index + 1) * seconds,
    seconds,
  }))
}

type Growing = ReturnType<typeof emptyPeriod>

/** What a bucket is added to, and what its nodes are called. */
export interface Into<Tallies extends Growing = Growing> {
  readonly into: Tallies
  readonly costs: CostTally
  readonly names: NodeNames
}

/** Adds the power, utilisation and facility of one bucket to a period; gives the utilisation of its boards. */
export async function readBucket(
  needs: ReadNeeds,
  question: BucketQuestion,
  target: Into,
): Promise<{ readonly account: Account; readonly loads: readonly ThingSeries[] }> {
  const { into } = target
  const [power, gpu, npu, facility] = await Promise.all([
    readPower(needs, question, target),
    readLoads(needs, { question, kind: 'gpu' }, target),
    readLoads(needs, { question, kind: 'npu' }, target),
    readFacility(needs, question),
  ])
  addFacility(into, facility.rows, question.bucket)
  return {
    account: combine([power, gpu.account, npu.account, facility]),
    loads: [...gpu.things, ...npu.things],
  }
}

async function readPower(
  { fleet }: ReadNeeds,
  { bucket, within, clusters, signal }: BucketQuestion,
  { into: { power }, costs }: Into,
): Promise<Account> {
  const { stepSeconds } = bucket
  const times = timesOf(bucket, stepSeconds)
  const chunk = { from: unixSeconds(bucket.start), stepSeconds, steps: times.length }
  let step = 0
  power.profile = emptyProfile()
  const account = await fleet.during(
    {
      clusters,
      signal,
      at: bucket.end,
      range: stepsOf(bucket, stepSeconds),
      within,
      once: true,
      workloads: false,
    },
    (moment) => {
      const time = times[step]
      if (time === undefined) return
      addStep(power, moment.input, time)
      costs.visit(chunk, step, moment)
      step += 1
    },
  )
  costs.close()
  return account
}

const DEVICE = ['uuid', 'node', 'device_index'] as const

async function readLoads(
  { telemetry }: ReadNeeds,
  { question, kind }: { readonly question: BucketQuestion; readonly kind: 'gpu' | 'npu' },
  { into, names }: Into,
) {
  const measure = `${kind}_utilization_percent` as const
  const read = await readThings(
    telemetry,
    { ...question, entity: kind, labels: DEVICE, measure, summary: 'avg' },
    names,
  )
  const { bucket } = question
  addLoads(into.loads[kind], read.things, timesOf(bucket, bucket.coarseSeconds))
  return read
}

function readFacility(
  { telemetry }: ReadNeeds,
  { bucket, within, clusters, signal }: BucketQuestion,
): Promise<Answer<ReadingSeries>> {
  return telemetry.history({
    entity: 'facility',
    labels: ['meter'],
    measure: 'facility_power_watts',
    summary: 'avg',
    clusters,
    range: stepsOf(bucket, bucket.stepSeconds),
    within,
    signal,
  })
}

/** The meters of all sites together; nothing where one of them is silent, since the rest would pass for all. */
function addFacility(into: Growing, rows: readonly ReadingSeries[], bucket: Bucket): void {
  for (const { source } of rows) into.facilitySources.add(source)
  if (rows.length === 0) return
  for (const [step, { until }] of timesOf(bucket, bucket.stepSeconds).entries()) {
    const watts = sumWhole(rows.map(({ values }) => values[step] ?? null))
    if (watts !== null) into.facility.set(until, watts)
  }
}

import { keyOf } from '../../analysis/power/group.ts'
import {
  addTemperatures,
  emptyTemperature,
  type ThingSeries,
} from '../../analysis/report/condition-tally.ts'
import { addUses, emptyUses, type LoadOf } from '../../analysis/report/use-tally.ts'
import { stepsOf, type Bucket } from '../../analysis/report/buckets.ts'
import { combine } from '../../kernel/answer.ts'
import type { ReadNeeds } from './question.ts'
import { emptyPeriod, readBucket, timesOf, type Account, type Into } from './read-period.ts'
import { keyOfThing, readThings, TEMPERATURES, type BucketQuestion } from './read-things.ts'

/** A period of a report without anything in it. */
export const emptyWhole = (buckets: readonly Bucket[]) => ({
  ...emptyPeriod(buckets),
  uses: emptyUses(),
  temperatures: TEMPERATURES.map(({ metric }) => emptyTemperature(metric)),
  models: new Map<string, string>(),
})

type Whole = Into<ReturnType<typeof emptyWhole>>

/** Adds everything of one bucket to the period of a report. */
export async function readWholeBucket(
  needs: ReadNeeds,
  question: BucketQuestion,
  target: Whole,
): Promise<Account> {
  const { account, loads } = await readBucket(needs, question, target)
  const accounts = await Promise.all([
    readUses(needs, question, { loads, ...target }),
    readModels(needs, question, target),
    ...TEMPERATURES.map((kind, index) => readTemperature(needs, question, { kind, index, target })),
  ])
  return combine([account, ...accounts])
}

async function readUses(
  { fleet }: ReadNeeds,
  { bucket, within, clusters, signal }: BucketQuestion,
  { into, loads }: Whole & { readonly loads: readonly ThingSeries[] },
): Promise<Account> {
  const range = stepsOf(bucket, bucket.coarseSeconds)
  const values = new Map(loads.map((thing) => [keyOf(thing.cluster, thing.key), thing.values]))
  const times = timesOf(bucket, bucket.coarseSeconds)
  const { profile } = into.power
  let step = -1
  return fleet.during(
    { clusters, signal, at: bucket.end, range, within, once: true, workloads: true },
    (moment) => {
      step += 1
      const time = times[step]
      const loadOf: LoadOf = (cluster, key) => values.get(keyOf(cluster, key))?.[step] ?? undefined
      if (time !== undefined) addUses(into.uses, moment, { time, loadOf, profile })
    },
  )
}

const DEVICE = ['uuid', 'node', 'device_index'] as const

/** What boards are called by their makers, as it was told in the bucket. */
async function readModels(
  { telemetry }: ReadNeeds,
  { bucket, clusters, signal }: BucketQuestion,
  { into, names }: Whole,
): Promise<Account> {
  const answers = await Promise.all(
    (['gpu', 'npu'] as const).map((entity) =>
      telemetry.known({
        entity,
        labels: [...DEVICE, 'model'],
        clusters,
        at: bucket.end,
        signal,
        shelf: 'static',
      }),
    ),
  )
  for (const row of answers.flatMap(({ rows }) => rows)) {
    const key = keyOf(row.cluster, keyOfThing(row, names))
    const { model } = row.labels
    if (model !== undefined && !into.models.has(key)) into.models.set(key, model)
  }
  return combine(answers)
}

interface Temperature {
  readonly kind: (typeof TEMPERATURES)[number]
  readonly index: number
  readonly target: Whole
}

async function readTemperature(
  { telemetry }: ReadNeeds,
  question: BucketQuestion,
  { kind: { metric, entity, labels }, index, target: { into, names } }: Temperature,
): Promise<Account> {
  const asked = { ...question, entity, labels, measure: metric }
  const [means, peaks] = await Promise.all([
    readThings(telemetry, { ...asked, summary: 'avg' }, names),
    readThings(telemetry, { ...asked, summary: 'max' }, names),
  ])
  const tally = into.temperatures[index]
  const { bucket } = question
  if (tally !== undefined)
    addTemperatures(
      tally,
      { means: means.things, peaks: peaks.things },
      timesOf(bucket, bucket.coarseSeconds),
    )
  return combine([means.account, peaks.account])
}

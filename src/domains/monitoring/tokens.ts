import { attributePower } from '../../analysis/power/attribution.ts'
import type { BoardPower, PowerAccount } from '../../analysis/power/figures.ts'
import { distinct, groupBy, keyOf } from '../../analysis/power/group.ts'
import type { Workload } from '../../analysis/power/input.ts'
import { wholeWorkload } from '../../analysis/power/shares.ts'
import { sumKnown } from '../../analysis/power/sum.ts'
import type { ServingPod } from '../../analysis/power/tokens.ts'
import { powerOfWorkloads } from '../../analysis/power/workload-power.ts'
import { combine, type Answer } from '../../kernel/answer.ts'
import type { TimeRange } from '../../kernel/time-range.ts'
import type { Moment } from '../../services/fleet/index.ts'
import type { ReadingSeries } from '../../services/telemetry/index.ts'
import type { Asked, Needs } from './asked.ts'

const RATES = {
  generated: 'tokens_generated_per_second',
  prompted: 'tokens_prompted_per_second',
  inferences: 'inferences_per_second',
} as const
type Rate = keyof typeof RATES

/** What inference servers did, by rate. */
export interface Serving extends Pick<Answer<never>, 'clusters' | 'warnings'> {
  readonly rows: Readonly<Record<Rate, readonly ReadingSeries[]>>
  /** The pods that they are in, by `podKey`. */
  readonly pods: ReadonlySet<string>
}

/** Reads what the inference servers of the asked clusters did at every step of a window. */
export async function readServing(
  { telemetry }: Pick<Needs, 'telemetry'>,
  { clusters, signal }: Asked,
  range: TimeRange,
): Promise<Serving> {
  const read = (rate: Rate) =>
    telemetry.history({
      entity: 'serving',
      labels: ['namespace', 'pod', 'server', 'served_model'],
      measure: RATES[rate],
      summary: 'avg',
      clusters,
      range,
      signal,
    })
  const [generated, prompted, inferences] = await Promise.all([
    read('generated'),
    read('prompted'),
    read('inferences'),
  ])
  const rows = [...generated.rows, ...prompted.rows, ...inferences.rows]
  return {
    ...combine([generated, prompted, inferences]),
    rows: { generated: generated.rows, prompted: prompted.rows, inferences: inferences.rows },
    pods: new Set(rows.flatMap((row) => podKey(row) ?? [])),
  }
}

function podKey({ cluster, labels }: Pick<ReadingSeries, 'cluster' | 'labels'>): string | null {
  const { namespace = '', pod } = labels
  return pod === undefined ? null : keyOf(cluster, namespace, pod)
}

/** The watts that serving pods are attributed at one moment, by `podKey`. Only their nodes are attributed. */
export function servingWatts(
  { uses }: Pick<Moment, 'uses'>,
  { by_node: nodes, boards }: Pick<PowerAccount, 'by_node' | 'boards'>,
  pods: Serving['pods'],
): ReadonlyMap<string, number> {
  if (pods.size === 0) return NONE
  const serves = (cluster: string, workload: Workload | null): boolean =>
    workload?.kind === 'pod' && pods.has(keyOf(cluster, workload.namespace, workload.pod))
  const holds = ({ cluster, shares }: BoardPower): boolean =>
    shares?.some(({ owner }) => serves(cluster, owner)) ?? false
  const own = new Set([
    ...uses.filter(({ cluster, workload }) => serves(cluster, workload)).map(placeOf),
    ...boards.filter(holds).map(placeOf),
  ])
  const isOwn = (thing: Place): boolean => own.has(placeOf(thing))
  const account = { by_node: nodes.filter(isOwn), boards: boards.filter(isOwn) }
  const { portions } = attributePower(account, uses.filter(isOwn))
  const used = portions.filter(({ cluster, workload }) => serves(cluster, workload))
  return new Map(
    powerOfWorkloads(used, wholeWorkload).flatMap(({ cluster, workload, power_watts: watts }) =>
      workload.kind === 'pod' ? [[keyOf(cluster, workload.namespace, workload.pod), watts]] : [],
    ),
  )
}

const NONE: ReadonlyMap<string, number> = new Map()

interface Place {
  readonly cluster: string
  readonly node: string | null
}
const placeOf = ({ cluster, node }: Place): string => keyOf(cluster, node)

/** The serving pods with what they did and drew at every step but the first, whose values are of the time before. */
export function servingPods(
  { rows }: Pick<Serving, 'rows'>,
  steps: readonly ReadonlyMap<string, number>[],
): readonly ServingPod[] {
  const drawn = steps.slice(1)
  // The keys of an object of ours are those of its type.
  const told = (Object.keys(RATES) as Rate[]).flatMap((rate) =>
    rows[rate].map((row) => ({ rate, row, key: podKey(row) ?? serverKey(row) })),
  )
  return [...groupBy(told, ({ key }) => key)].map(([key, group]) => {
    const [{ row }] = group
    const of = (rate: Rate) =>
      drawn.map((_, step) =>
        sumKnown(
          group.map((one) => (one.rate === rate ? (one.row.values[step + 1] ?? null) : null)),
        ),
      )
    return {
      cluster: row.cluster,
      namespace: row.labels.namespace ?? null,
      pod: row.labels.pod ?? null,
      server: row.labels.server ?? null,
      models: distinct(group.flatMap((one) => one.row.labels.served_model ?? [])),
      sources: distinct(group.map((one) => one.row.source)),
      generated: of('generated'),
      prompted: of('prompted'),
      inferences: of('inferences'),
      watts: drawn.map((watts) => watts.get(key) ?? null),
    }
  })
}

const serverKey = ({ cluster, labels }: ReadingSeries): string =>
  keyOf(cluster, 'server', labels.server ?? null)

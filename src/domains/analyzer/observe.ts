import { highestKnown, meanKnown, sumKnown } from '../../analysis/power/sum.ts'
import { groupBy } from '../../analysis/power/group.ts'
import { combine } from '../../kernel/answer.ts'
import type { NonEmpty } from '../../kernel/kind.ts'
import {
  amountsIn,
  POD_READS,
  type Account,
  type Asked,
  type Needs,
  type Points,
  type WorkloadRecords,
} from '../../services/workloads/index.ts'

type Records = NonEmpty<WorkloadRecords['records'][number]>

/** The pods of a workload as one: their figures step by step, and what they ask for. */
export interface Observation extends Account {
  readonly watts: Points
  readonly accelerator_watts: Points
  readonly accelerator_percent: Points
  readonly npu_watts: Points
  readonly cpu_cores: Points
  readonly memory_mb: Points
  readonly tokens_per_second: Points
  readonly inferences_per_second: Points
  readonly boards: readonly string[]
  readonly cpu_cores_requested: number | null
  readonly memory_mb_requested: number | null
  readonly accelerator_memory_used_mb: number | null
  readonly accelerator_memory_total_mb: number | null
  readonly accelerator_limit_watts: number | null
  readonly model: string | null
}

/** Brings together the pods of a workload, with what they ask for and what their boards are. */
export async function observe(
  needs: Needs,
  asked: Asked,
  { records, range }: Pick<WorkloadRecords, 'range'> & { readonly records: Records },
): Promise<Observation> {
  const boards = [...new Set(records.flatMap((record) => record.boards))]
  const question = { ...asked, clusters: [...new Set(records.map(({ cluster }) => cluster))] }
  const [requests, facts] = await Promise.all([
    readRequests(needs, question, records),
    readBoards(needs, question, { boards, range }),
  ])
  return {
    ...combine([requests, facts]),
    ...stepsOf(records),
    boards,
    ...requests.figures,
    ...facts.figures,
  }
}

function stepsOf(records: Records) {
  const sum = (pick: (record: Records[number]) => Points | null): Points =>
    records[0].watts.map((_, step) => sumKnown(records.map((one) => pick(one)?.[step] ?? null)))
  const npu = sum(({ parts }) => parts.npu)
  const gpu = sum(({ parts }) => parts.gpu)
  return {
    watts: sum(({ watts }) => watts),
    npu_watts: npu,
    accelerator_watts: gpu.map((watts, step) => sumKnown([watts, npu[step] ?? null])),
    accelerator_percent: records[0].watts.map((_, step) =>
      meanKnown(records.map((one) => one.accelerator_percent[step] ?? null)),
    ),
    cpu_cores: sum(({ use }) => use.cpu_cores),
    memory_mb: sum(({ use }) => use.memory_mb),
    tokens_per_second: sum(({ use }) => use.tokens_per_second),
    inferences_per_second: sum(({ use }) => use.inferences_per_second),
  }
}

async function readRequests({ telemetry }: Needs, asked: Asked, records: Records) {
  const pods = records.flatMap(({ workload }) => (workload.kind === 'pod' ? [workload] : []))
  const [first] = pods
  if (first === undefined)
    return {
      figures: { cpu_cores_requested: null, memory_mb_requested: null },
      clusters: [],
      warnings: [],
    }
  const { rows, ...account } = await telemetry.latest({
    ...POD_READS.amounts,
    ...asked,
    where: {
      namespace: [first.namespace],
      pod: [first.pod, ...pods.slice(1).map(({ pod }) => pod)],
    },
  })
  const byPod = groupBy(rows, ({ labels }) => labels.pod ?? '')
  const amounts = [...byPod.values()].map((own) => amountsIn(own, 'resource_requested'))
  const figures = {
    cpu_cores_requested: sumKnown(amounts.map((own) => own.cpu_cores)),
    memory_mb_requested: sumKnown(amounts.map((own) => own.memory_mb)),
  }
  return { figures, ...account }
}

async function readBoards(
  { telemetry }: Needs,
  asked: Asked,
  { boards, range }: { readonly boards: readonly string[] } & Pick<WorkloadRecords, 'range'>,
) {
  const [first, ...others] = boards.filter((key) => !key.includes(':'))
  if (first === undefined) return { figures: NO_FACTS, clusters: [], warnings: [] }
  const where = { uuid: [first, ...others] } as const
  const gpu = { entity: 'gpu', clusters: asked.clusters, signal: asked.signal, where } as const
  const [facts, known, used] = await Promise.all([
    telemetry.latest({
      ...gpu,
      labels: ['uuid'],
      measures: ['power_limit_watts', 'memory_total_mb'],
      at: asked.at,
      shelf: 'static',
    }),
    telemetry.known({ ...gpu, labels: ['uuid', 'model'], at: asked.at, shelf: 'static' }),
    telemetry.overWindow({
      ...gpu,
      labels: ['uuid', 'partition_id'],
      measure: 'memory_used_mb',
      summary: 'max',
      range,
    }),
  ])
  const figures = boardFigures(facts.rows, known.rows, used.rows)
  return { figures, ...combine([facts, known, used]) }
}

type Rows = Awaited<ReturnType<Needs['telemetry']['latest']>>['rows']

function boardFigures(facts: Rows, known: Rows, used: Rows) {
  const models = new Set(known.flatMap(({ labels }) => labels.model ?? []))
  const perBoard = (rows: Rows, measure: 'power_limit_watts' | 'memory_total_mb') =>
    sumKnown(
      [...groupBy(rows, ({ labels }) => labels.uuid ?? '').values()].map((own) =>
        highestKnown(own.map(({ values }) => values[measure] ?? null)),
      ),
    )
  return {
    accelerator_limit_watts: perBoard(facts, 'power_limit_watts'),
    accelerator_memory_total_mb: perBoard(facts, 'memory_total_mb'),
    accelerator_memory_used_mb: memoryOf(used),
    model: models.size === 1 ? ([...models][0] ?? null) : null,
  }
}

/** Partitions of a board add up; of several sources of one of them the highest counts. */
function memoryOf(rows: Rows) {
  const parts = groupBy(rows, ({ labels }) => `${labels.uuid ?? ''} ${labels.partition_id ?? ''}`)
  return sumKnown(
    [...parts.values()].map((own) =>
      highestKnown(own.map(({ values }) => values.memory_used_mb ?? null)),
    ),
  )
}

const NO_FACTS = {
  accelerator_limit_watts: null,
  accelerator_memory_total_mb: null,
  accelerator_memory_used_mb: null,
  model: null,
}

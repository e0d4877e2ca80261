import { meantBy } from '../../analysis/workloads/workload-id.ts'
import { absent } from '../../kernel/absence.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { Needs } from './asked.ts'
import {
  readRecords,
  type RecordQuestion,
  type WorkloadRecord,
  type WorkloadRecords,
} from './records.ts'

const MOST_CANDIDATES = 20

/** One workload over a window: its only pod, or all pods of a job or service. */
export interface FoundWorkload extends WorkloadRecords {
  readonly records: readonly [WorkloadRecord, ...WorkloadRecord[]]
}

/**
 * The workload that an id means, over a window in which it drew power. Rejects with `not_found` when every asked
 * cluster answered and nobody knows it, and with `ambiguous`, which lists the candidates.
 */
export async function findWorkload(
  needs: Needs,
  { id, ...question }: Omit<RecordQuestion, 'only'> & { readonly id: string },
): Promise<FoundWorkload> {
  const read = await readRecords(needs, { ...question, only: null })
  const meaning = meantBy(
    id,
    read.records.map((record) => ({ ...record, owners: ownersOf(record) })),
  )
  if ('candidates' in meaning)
    throw new KCloudError('ambiguous', {
      detail: `several workloads are called ${JSON.stringify(id)}: name the namespace or the cluster too`,
      candidates: meaning.candidates.slice(0, MOST_CANDIDATES),
    })
  const [first, ...others] = meaning.things
  if (first === undefined) throw absent(read, `a workload ${JSON.stringify(id)} in this window`)
  return { ...read, records: [first, ...others] }
}

const OWNERS = ['training_job', 'batch_job', 'inference_service', 'owner_name', 'app'] as const

/** The names of what a workload belongs to. */
export const ownersOf = ({ labels }: Pick<WorkloadRecord, 'labels'>): readonly string[] =>
  OWNERS.flatMap((label) => labels[label] ?? [])

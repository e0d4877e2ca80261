import { controllerOf } from '../../analysis/workloads/controller.ts'
import type { CostedEntry, WorkloadFacts } from './question.ts'

/** Whose a workload is: the owner that Kubernetes names, or itself. */
export interface Owner {
  readonly namespace: string
  readonly kind: string
  readonly name: string
}

/** The owner of what an entry is charged to. */
export function ownerOf({ workload }: CostedEntry, facts: WorkloadFacts | undefined): Owner {
  if (workload === null) return { namespace: '', kind: '', name: '' }
  if (workload.kind === 'vm') return { namespace: '', kind: 'vm', name: workload.vm }
  const { namespace, pod } = workload
  return { namespace, ...(controllerOf(facts?.labels ?? {}) ?? { kind: 'pod', name: pod }) }
}

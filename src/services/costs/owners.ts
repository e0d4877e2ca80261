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
  return { namespace, ...(namedOwner(facts) ?? { kind: 'pod', name: pod }) }
}

function namedOwner(facts: WorkloadFacts | undefined): Pick<Owner, 'kind' | 'name'> | null {
  const { owner_kind: kind = '', owner_name: name = '' } = facts?.labels ?? {}
  return kind === '' || name === '' || name === '<none>' ? null : deploymentOf(kind, name)
}

/** A Deployment names its ReplicaSets after itself and the hash of their template. */
const REPLICA_SET = /^(.+)-[a-z0-9]{6,10}$/

function deploymentOf(kind: string, name: string): Pick<Owner, 'kind' | 'name'> {
  const deployment = kind === 'ReplicaSet' ? REPLICA_SET.exec(name)?.[1] : undefined
  return deployment === undefined ? { kind, name } : { kind: 'Deployment', name: deployment }
}

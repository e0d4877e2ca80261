import type { Workload } from '../power/input.ts'
import { distinct, groupBy, keyOf } from '../power/group.ts'

/** What a workload can be called by. */
export interface Named {
  readonly cluster: string
  readonly workload: Workload
  /** The jobs, services and owners that it belongs to. */
  readonly owners: readonly string[]
}

/** What an id means: the workloads that together are meant, nobody, or several that it could be. */
export type Meaning<Thing> =
  { readonly things: readonly Thing[] } | { readonly candidates: readonly string[] }

/**
 * The workloads that an id means: `cluster/namespace/pod`, `namespace/pod` (or with colons, which need no escape in a
 * path), the name of a pod or of a virtual machine, or the name of a job, service or other owner, which means all its
 * pods. A name that pods of several namespaces or clusters have means none of them.
 */
export function meantBy<Thing extends Named>(id: string, things: readonly Thing[]): Meaning<Thing> {
  const found = called(id, things)
  // Pods of one namespace of one cluster can be one workload; others share only a name.
  const places = groupBy(found, ({ cluster, workload }) =>
    keyOf(cluster, workload.kind === 'pod' ? workload.namespace : null),
  )
  return places.size < 2 ? { things: found } : { candidates: distinct(found.map(idOf)) }
}

/** All workloads that are called so, wherever they are. */
export function called<Thing extends Named>(
  id: string,
  things: readonly Thing[],
): readonly Thing[] {
  const parts = id.split(/[/:]/)
  if (parts.length > 1) return things.filter((thing) => isAt(thing, parts))
  const own = things.filter(({ workload }) => nameOf(workload) === id)
  return own.length > 0 ? own : things.filter(({ owners }) => owners.includes(id))
}

const nameOf = (workload: Workload): string =>
  workload.kind === 'pod' ? workload.pod : workload.vm

function isAt({ cluster, workload }: Named, parts: readonly string[]): boolean {
  const place =
    workload.kind === 'pod'
      ? [cluster, workload.namespace, workload.pod]
      : [cluster, '', workload.vm]
  return keyOf(...place.slice(3 - parts.length)) === keyOf(...parts)
}

/** The id that means one workload and no other. */
export function idOf({ cluster, workload }: Pick<Named, 'cluster' | 'workload'>): string {
  if (workload.kind === 'vm') return workload.vm
  return `${cluster}/${workload.namespace}/${workload.pod}`
}

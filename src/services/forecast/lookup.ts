import { accountPower } from '../../analysis/power/account.ts'
import { absent } from '../../kernel/absence.ts'
import { KCloudError } from '../../kernel/errors.ts'
import type { FleetReader } from '../fleet/index.ts'
import type { PowerQuestion } from './question.ts'
import type { Target } from './target.ts'

interface Asked {
  readonly at: Date
  readonly signal: AbortSignal
}

/**
 * Whose power a question is about. Rejects with `not_found` for a node or workload that nobody knows, and with
 * `ambiguous` for one of which there are several.
 */
export async function targetOf(
  fleet: Pick<FleetReader, 'now'>,
  question: PowerQuestion,
  asked: Asked,
): Promise<Target> {
  const { workload_id: workload, node, cluster } = question
  if (workload !== undefined) return await workloadTarget(fleet, question, asked)
  if (node !== undefined) return await nodeTarget(fleet, { ...asked, node, cluster })
  return cluster === undefined ? { kind: 'fleet' } : { kind: 'cluster', cluster }
}

async function nodeTarget(
  fleet: Pick<FleetReader, 'now'>,
  {
    node,
    cluster,
    ...asked
  }: Asked & { readonly node: string; readonly cluster: string | undefined },
): Promise<Target> {
  const moment = await fleet.now({ ...asked, clusters: clustersOf(cluster), workloads: false })
  const found = accountPower(moment.input).by_node.filter((each) => each.node === node)
  const what = `node ${JSON.stringify(node)}`
  const one = theOnly(found, { what, nameOf: (each) => `${each.cluster}/${each.node}` })
  if (one === null) throw absent(moment, what)
  return { kind: 'node', cluster: one.cluster, node }
}

async function workloadTarget(
  fleet: Pick<FleetReader, 'now'>,
  { workload_id: id = '', cluster, namespace }: PowerQuestion,
  asked: Asked,
): Promise<Target> {
  const moment = await fleet.now({ ...asked, clusters: clustersOf(cluster), workloads: true })
  const names = id.split('/')
  const [pod = '', ownNamespace = namespace, ownCluster = cluster] = [...names].reverse()
  const found = moment.pods.filter(
    (each) =>
      each.name === pod &&
      (ownNamespace === undefined || each.namespace === ownNamespace) &&
      (ownCluster === undefined || each.cluster === ownCluster),
  )
  const what = `workload ${JSON.stringify(id)}`
  const one = theOnly(found, {
    what,
    nameOf: (each) => `${each.cluster}/${each.namespace}/${each.name}`,
  })
  if (one === null) throw absent(moment, what)
  return { kind: 'workload', cluster: one.cluster, namespace: one.namespace, pod: one.name }
}

const clustersOf = (cluster: string | undefined): readonly string[] | undefined =>
  cluster === undefined ? undefined : [cluster]

function theOnly<Thing>(
  found: readonly Thing[],
  { what, nameOf }: { readonly what: string; readonly nameOf: (thing: Thing) => string },
): Thing | null {
  const [first = null] = found
  if (found.length < 2) return first
  throw new KCloudError('ambiguous', {
    detail: `${what} is in several places: name the cluster and namespace`,
    candidates: found.map(nameOf).sort(),
  })
}

/** What Kubernetes makes and ends pods by. */
export interface Controller {
  readonly kind: string
  readonly name: string
}

interface OwnerLabels {
  readonly owner_kind?: string | undefined
  readonly owner_name?: string | undefined
}

/** A controller of one cluster. */
export interface PlacedController extends Controller {
  readonly cluster: string
  readonly namespace: string
}

/** Whether a pod is one of those that a controller makes. */
export function isMadeBy(
  pod: { readonly cluster: string; readonly namespace: string; readonly labels: OwnerLabels },
  { cluster, namespace, kind, name }: PlacedController,
): boolean {
  if (pod.cluster !== cluster || pod.namespace !== namespace) return false
  const { owner_kind: ownerKind, owner_name: ownerName } = pod.labels
  if (kind === 'ReplicaSet') return ownerKind === kind && ownerName === name
  const controller = controllerOf(pod.labels)
  return controller?.kind === kind && controller.name === name
}

/** A Deployment names its ReplicaSets after itself and the hash of their template. */
const REPLICA_SET = /^(.+)-[a-z0-9]{6,10}$/

/** What a pod's owner stands for: a ReplicaSet that a Deployment made is that Deployment. Null for a pod of its own. */
export function controllerOf(labels: OwnerLabels): Controller | null {
  const { owner_kind: kind, owner_name: name } = labels
  if (!isNamed(kind) || !isNamed(name)) return null
  const deployment = kind === 'ReplicaSet' ? REPLICA_SET.exec(name)?.[1] : undefined
  return deployment === undefined ? { kind, name } : { kind: 'Deployment', name: deployment }
}

const isNamed = (text: string | undefined): text is string =>
  text !== undefined && text !== '' && text !== '<none>'

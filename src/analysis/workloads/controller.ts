/** What Kubernetes makes and ends pods by. */
export interface Controller {
  readonly kind: string
  readonly name: string
}

/** A Deployment names its ReplicaSets after itself and the hash of their template. */
const REPLICA_SET = /^(.+)-[a-z0-9]{6,10}$/

/** What a pod's owner stands for: a ReplicaSet that a Deployment made is that Deployment. Null for a pod of its own. */
export function controllerOf(labels: {
  readonly owner_kind?: string | undefined
  readonly owner_name?: string | undefined
}): Controller | null {
  const { owner_kind: kind, owner_name: name } = labels
  if (!isNamed(kind) || !isNamed(name)) return null
  const deployment = kind === 'ReplicaSet' ? REPLICA_SET.exec(name)?.[1] : undefined
  return deployment === undefined ? { kind, name } : { kind: 'Deployment', name: deployment }
}

const isNamed = (text: string | undefined): text is string =>
  text !== undefined && text !== '' && text !== '<none>'

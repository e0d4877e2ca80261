import type { AppsV1Api, V1Scale } from '@kubernetes/client-node'
import type { ScalingTarget } from '../../analysis/scaling/policy.ts'
import type { Delivery } from '../store/index.ts'
import type { Attempt, Attempted } from '../outbox/index.ts'

/** How the Kubernetes of a cluster is reached. */
export type KubernetesAccess =
  | { readonly kind: 'kubeconfig'; readonly path: string; readonly context: string | null }
  /** By the service account of the pod that this server runs in. */
  | { readonly kind: 'in_cluster' }

export interface KubernetesOptions {
  /** By the names of clusters. */
  readonly clusters: ReadonlyMap<string, KubernetesAccess>
  readonly timeoutSeconds: number
}

interface ScaleChange {
  readonly target: ScalingTarget
  readonly from: number
  readonly to: number
  readonly dry_run: boolean
}

/**
 * Changes the scale of targets through the official client: it reads and replaces the subresource `scale`, and needs no
 * other right. A target that is at least as small, or as large, as was decided is left as it is.
 */
export function kubernetesScaler({
  clusters,
  timeoutSeconds,
}: KubernetesOptions): Attempt<Delivery> {
  const open = new Map<string, Promise<AppsV1Api>>()
  const apiOf = (cluster: string, access: KubernetesAccess): Promise<AppsV1Api> => {
    const known = open.get(cluster)
    if (known !== undefined) return known
    const opening = connect(access)
    open.set(cluster, opening)
    opening.catch(() => open.delete(cluster))
    return opening
  }
  return async (delivery, signal) => {
    const change = changeIn(delivery)
    const access = clusters.get(change.target.cluster)
    if (access === undefined)
      return { outcome: 'failed', problem: 'this server has no access to the Kubernetes there' }
    try {
      const scales = scalesOf(await apiOf(change.target.cluster, access), change)
      return await inTime(apply(scales, change), timeoutSeconds)
    } catch (error) {
      signal.throwIfAborted()
      return attemptedBy(error)
    }
  }
}

// Only we write it.
const changeIn = ({ body }: Delivery): ScaleChange => body as unknown as ScaleChange

/** The client is large, and is loaded by those who use it. */
async function connect(access: KubernetesAccess): Promise<AppsV1Api> {
  const client = await import('@kubernetes/client-node')
  const config = new client.KubeConfig()
  if (access.kind === 'in_cluster') config.loadFromCluster()
  else {
    config.loadFromFile(access.path)
    if (access.context !== null) config.setCurrentContext(access.context)
  }
  return config.makeApiClient(client.AppsV1Api)
}

/** The scale of one target. */
interface Scales {
  read(): Promise<V1Scale>
  replace(scale: V1Scale): Promise<V1Scale>
}

function scalesOf(api: AppsV1Api, { target, dry_run: dryRun }: ScaleChange): Scales {
  const { kind, name, namespace } = target
  const place = { name, namespace }
  const how = dryRun ? { dryRun: 'All' } : {}
  switch (kind) {
    case 'Deployment':
      return {
        read: () => api.readNamespacedDeploymentScale(place),
        replace: (body) => api.replaceNamespacedDeploymentScale({ ...place, ...how, body }),
      }
    case 'StatefulSet':
      return {
        read: () => api.readNamespacedStatefulSetScale(place),
        replace: (body) => api.replaceNamespacedStatefulSetScale({ ...place, ...how, body }),
      }
    case 'ReplicaSet':
      return {
        read: () => api.readNamespacedReplicaSetScale(place),
        replace: (body) => api.replaceNamespacedReplicaSetScale({ ...place, ...how, body }),
      }
  }
}

async function apply(
  scales: Scales,
  { from, to, dry_run: dryRun }: ScaleChange,
): Promise<Attempted> {
  const scale = await scales.read()
  const { spec } = scale
  if (spec === undefined) return { outcome: 'failed', problem: 'Kubernetes told of no scale' }
  const current = spec.replicas ?? 0
  const isThere = to < from ? current <= to : current >= to
  if (isThere) return { outcome: 'done', note: `it has ${current} replicas already` }
  // With the version that was read: somebody else's change in between is a conflict.
  spec.replicas = to
  await scales.replace(scale)
  return dryRun
    ? { outcome: 'done', note: `a dry run: it would have gone from ${current} to ${to} replicas` }
    : { outcome: 'done', note: `from ${current} to ${to} replicas` }
}

/** The client takes no signal; what comes too late is tried again, and does no harm. */
async function inTime(work: Promise<Attempted>, seconds: number): Promise<Attempted> {
  work.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Attempted>((resolve) => {
    const told = { outcome: 'later', problem: 'Kubernetes did not answer in time' } as const
    timer = setTimeout(() => resolve(told), seconds * 1000)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const PROBLEMS: Readonly<Record<number, Attempted>> = {
  401: { outcome: 'later', problem: 'Kubernetes refused the credentials' },
  403: { outcome: 'failed', problem: 'Kubernetes does not let this server change that scale' },
  404: { outcome: 'failed', problem: 'Kubernetes has no such workload' },
  409: { outcome: 'later', problem: 'somebody else changed the workload at the same time' },
  422: { outcome: 'failed', problem: 'Kubernetes would not accept that number of replicas' },
}

function attemptedBy(error: unknown): Attempted {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (typeof code === 'number')
    return PROBLEMS[code] ?? { outcome: 'later', problem: `Kubernetes answered ${code}` }
  return { outcome: 'later', problem: 'Kubernetes could not be reached' }
}
